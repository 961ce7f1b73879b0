;;; trawl.el --- Search and read mail with Trawl  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: mail

;;; Commentary:

;; `M-x trawl-search' asks for a query and lists what it finds; RET reads a message, t lists its thread, s searches
;; anew, n and p go down and up, g looks again, w copies the Message-ID, r shows the message as it was sent, RET on an
;; attachment saves it.
;;
;; Everything comes from the `trawl' program, which answers with and without a running `trawl serve'.  Nothing is
;; changed on any server.  Mail is shown as plain text: no HTML is rendered and nothing is loaded.

;;; Code:

(require 'json)
(require 'seq)
(require 'subr-x)
(require 'tabulated-list)

(defgroup trawl nil
  "Search and read mail with Trawl."
  :group 'mail
  :prefix "trawl-")

(defcustom trawl-program "trawl"
  "The trawl program."
  :type 'string)

(defcustom trawl-limit 200
  "How many results are listed at most."
  :type 'integer)

(defcustom trawl-date-format "%Y-%m-%d %H:%M"
  "How dates are shown, as in `format-time-string'."
  :type 'string)

(defface trawl-unread '((t :weight bold)) "Face of unread messages' subjects.")
(defface trawl-match '((t :inherit match)) "Face of what matched.")
(defface trawl-header-name '((t :inherit font-lock-keyword-face)) "Face of a header field's name.")
(defface trawl-quoted '((t :inherit font-lock-comment-face)) "Face of quoted lines.")

(defvar trawl-history nil "Queries asked for before.")

(defvar-local trawl--query nil "The query of this list, or nil for a thread.")
(defvar-local trawl--thread nil "The message whose thread this list shows.")
(defvar-local trawl--email nil "The message that this buffer shows.")

(define-error 'trawl-error "Trawl")

;;;; The program

(defun trawl--run (&rest arguments)
  "Run trawl with ARGUMENTS; return its output, or nil where it found nothing.
What trawl says of an error is signalled as `trawl-error'."
  (let ((errors (make-temp-file "trawl")))
    (unwind-protect
        (with-temp-buffer
          (let* ((coding-system-for-read 'utf-8-unix)
                 (coding-system-for-write 'utf-8-unix)
                 (status (condition-case nil
                             (apply #'process-file trawl-program nil (list t errors) nil arguments)
                           (file-missing
                            (signal 'trawl-error (list (format "No program `%s'; see `trawl-program'"
                                                               trawl-program)))))))
            (cond ((eql status 0) (buffer-string))
                  ((eql status 1) nil)
                  (t (signal 'trawl-error
                             (list (string-trim (with-temp-buffer
                                                  (insert-file-contents errors)
                                                  (buffer-string)))))))))
      (delete-file errors))))

(defun trawl--json (text)
  "Read TEXT as JSON, objects as alists with symbols."
  (json-parse-string text :object-type 'alist :array-type 'list :null-object nil :false-object nil))

(defun trawl--lines (text)
  "Read each line of TEXT as JSON."
  (mapcar #'trawl--json (split-string (or text "") "\n" t)))

(defun trawl-find (query &optional limit)
  "Return the messages that match QUERY as alists, at most LIMIT."
  (trawl--lines (trawl--run "search" "--format" "jsonl" "--limit" (number-to-string (or limit trawl-limit))
                            "--" query)))

(defun trawl-read (id)
  "Return the message ID as an alist with its text."
  (let ((text (trawl--run "show" "--format" "json" "--" id)))
    (unless text (signal 'trawl-error (list (format "No message %s" id))))
    (trawl--json text)))

;;;; Values

(defun trawl--line (text)
  "Return TEXT on one line, without what could hide or turn about other text."
  (replace-regexp-in-string
   "[[:cntrl:]\u200e\u200f\u202a-\u202e\u2066-\u2069]" ""
   (replace-regexp-in-string "[ \t\n\r]+" " " (or text ""))))

(defun trawl--person (address)
  "Return the name of ADDRESS, or the address itself."
  (let ((name (alist-get 'name address)))
    (trawl--line (if (or (null name) (string-empty-p name)) (alist-get 'email address) name))))

(defun trawl--people (addresses)
  "Return ADDRESSES as they stand in a header."
  (mapconcat (lambda (address)
               (let ((name (alist-get 'name address))
                     (email (trawl--line (alist-get 'email address))))
                 (if (or (null name) (string-empty-p name)) email
                   (format "%s <%s>" (trawl--line name) email))))
             addresses ", "))

(defun trawl--date (email)
  "Return when EMAIL was sent."
  (let ((date (or (alist-get 'sentAt email) (alist-get 'receivedAt email))))
    (if date (format-time-string trawl-date-format (date-to-time date)) "")))

(defun trawl--unread-p (email)
  "Whether EMAIL is unread."
  (not (alist-get '$seen (alist-get 'keywords email))))

(defun trawl--marked (text)
  "Return TEXT, a snippet, with its marks as a face."
  (let ((start 0) (result ""))
    (while (string-match "<mark>\\(\\(?:.\\|\n\\)*?\\)</mark>" text start)
      (let ((before (substring text start (match-beginning 0)))
            (word (match-string 1 text)))
        (setq start (match-end 0)
              result (concat result (trawl--unescaped before)
                             (propertize (trawl--unescaped word) 'face 'trawl-match)))))
    (concat result (trawl--unescaped (substring text start)))))

(defun trawl--unescaped (text)
  "Return TEXT without HTML's escapes."
  (let ((case-fold-search nil))
    (seq-reduce (lambda (text pair) (replace-regexp-in-string (regexp-quote (car pair)) (cdr pair) text t t))
                '(("&lt;" . "<") ("&gt;" . ">") ("&quot;" . "\"") ("&#39;" . "'") ("&amp;" . "&"))
                text)))

;;;; Lists

(defvar trawl-list-mode-map
  (let ((map (make-sparse-keymap)))
    (set-keymap-parent map tabulated-list-mode-map)
    (define-key map (kbd "RET") #'trawl-open)
    (define-key map (kbd "t") #'trawl-open-thread)
    (define-key map (kbd "s") #'trawl-search)
    (define-key map (kbd "w") #'trawl-copy-message-id)
    (define-key map (kbd "r") #'trawl-show-raw)
    map)
  "Keys of `trawl-list-mode'.")

(define-derived-mode trawl-list-mode tabulated-list-mode "Trawl"
  "A list of messages.

\\{trawl-list-mode-map}"
  (setq tabulated-list-format [("Date" 16 t) ("From" 24 t) ("Subject" 0 t)]
        tabulated-list-padding 1
        tabulated-list-sort-key nil)
  (setq-local revert-buffer-function #'trawl--revert)
  (tabulated-list-init-header))

(defun trawl--entry (email)
  "Return the list's line for EMAIL."
  (let* ((snippet (alist-get 'subject (alist-get 'snippet email)))
         (subject (if snippet (trawl--marked (trawl--line snippet)) (trawl--line (alist-get 'subject email))))
         (subject (if (string-empty-p subject) "(no subject)" subject)))
    (when (trawl--unread-p email)
      (setq subject (copy-sequence subject))
      (add-face-text-property 0 (length subject) 'trawl-unread t subject))
    (list email
          (vector (trawl--date email)
                  (trawl--person (or (car (alist-get 'from email)) (car (alist-get 'sender email))))
                  (concat (if (alist-get 'hasAttachment email) "+ " "") subject)))))

(defun trawl--list (buffer-name query thread)
  "Show in BUFFER-NAME what matches QUERY, or the messages of THREAD."
  (let ((buffer (get-buffer-create buffer-name)))
    (with-current-buffer buffer
      (trawl-list-mode)
      (setq trawl--query query
            trawl--thread thread)
      (trawl--revert))
    (pop-to-buffer-same-window buffer)
    buffer))

(defun trawl--revert (&rest _)
  "Ask trawl again, and fill the list."
  (let ((emails (if trawl--thread
                    (trawl--lines (trawl--run "thread" "--format" "jsonl" "--" trawl--thread))
                  (trawl-find trawl--query))))
    (setq tabulated-list-entries (mapcar #'trawl--entry emails))
    (setq mode-name (format "Trawl[%d%s]" (length emails)
                            (if (and trawl--query (= (length emails) trawl-limit)) " or more" "")))
    (tabulated-list-print t)
    (unless emails (message "Nothing found"))))

;;;###autoload
(defun trawl-search (query)
  "List the messages that match QUERY."
  (interactive (list (trawl-read-query)))
  (trawl--list "*trawl*" query nil))

(defun trawl-read-query ()
  "Ask for a query; TAB completes as trawl's own completions do."
  (completing-read "Search mail: " (completion-table-dynamic #'trawl-complete) nil nil nil 'trawl-history
                   trawl--query))

(defun trawl-complete (text)
  "Return what the last word of TEXT may become, with what stands before it."
  (let* ((start (if (string-match "[^ ]*\\'" text) (match-beginning 0) 0))
         (before (substring text 0 start))
         (found (ignore-errors
                  (trawl--run "completions" "bash" "--candidates" "--" "trawl" "search" (substring text start)))))
    (mapcar (lambda (line) (concat before (car (split-string line "\t"))))
            (split-string (or found "") "\n" t))))

(defun trawl--at-point ()
  "Return the message of this line or buffer."
  (or trawl--email (tabulated-list-get-id) (user-error "No message here")))

(defun trawl-open ()
  "Read the message of this line."
  (interactive)
  (trawl-show (alist-get 'id (trawl--at-point))))

(defun trawl-open-thread ()
  "List the thread of the message here."
  (interactive)
  (trawl--list "*trawl thread*" nil (alist-get 'id (trawl--at-point))))

(defun trawl-copy-message-id ()
  "Copy the Message-ID of the message here."
  (interactive)
  (let ((id (car (alist-get 'messageId (trawl--at-point)))))
    (unless id (user-error "It has no Message-ID"))
    (kill-new (format "<%s>" id))
    (message "<%s>" id)))

(defun trawl-show-raw ()
  "Show the message here as it was sent."
  (interactive)
  (let* ((id (alist-get 'id (trawl--at-point)))
         (text (trawl--run "show" "--format" "raw" "--" id))
         (buffer (get-buffer-create "*trawl raw*")))
    (with-current-buffer buffer
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert (or text "")))
      (special-mode)
      (goto-char (point-min)))
    (pop-to-buffer buffer)))

;;;; A message

(defvar trawl-message-mode-map
  (let ((map (make-sparse-keymap)))
    (set-keymap-parent map special-mode-map)
    (define-key map (kbd "t") #'trawl-open-thread)
    (define-key map (kbd "s") #'trawl-search)
    (define-key map (kbd "w") #'trawl-copy-message-id)
    (define-key map (kbd "r") #'trawl-show-raw)
    (define-key map (kbd "TAB") #'forward-button)
    map)
  "Keys of `trawl-message-mode'.")

(define-derived-mode trawl-message-mode special-mode "Trawl-Message"
  "A message.

\\{trawl-message-mode-map}"
  (visual-line-mode 1))

;;;###autoload
(defun trawl-show (id)
  "Show the message ID: Trawl's id, or a Message-ID."
  (interactive "sMessage: ")
  (let ((email (trawl-read id))
        (buffer (get-buffer-create "*trawl message*")))
    (with-current-buffer buffer
      (trawl-message-mode)
      (setq trawl--email email)
      (let ((inhibit-read-only t))
        (erase-buffer)
        (trawl--insert email))
      (goto-char (point-min)))
    (pop-to-buffer buffer)
    buffer))

(defun trawl--insert (email)
  "Insert EMAIL for reading."
  (dolist (field (list (cons "From" (trawl--people (alist-get 'from email)))
                       (cons "To" (trawl--people (alist-get 'to email)))
                       (cons "Cc" (trawl--people (alist-get 'cc email)))
                       (cons "Date" (trawl--date email))
                       (cons "Subject" (trawl--line (alist-get 'subject email)))))
    (unless (string-empty-p (cdr field))
      (insert (propertize (concat (car field) ": ") 'face 'trawl-header-name) (cdr field) "\n")))
  (dolist (attachment (alist-get 'attachments email))
    (let ((name (trawl--line (or (alist-get 'name attachment) "(unnamed)"))))
      (insert (propertize "Attachment: " 'face 'trawl-header-name))
      (insert-text-button name
                          'action (lambda (_) (trawl-save-attachment (alist-get 'id email) attachment))
                          'help-echo "Save it")
      (insert (format "  (%s, %d octets)\n" (trawl--line (alist-get 'type attachment))
                      (alist-get 'size attachment)))))
  (insert "\n")
  (let ((start (point)))
    (insert (replace-regexp-in-string "[\u202a-\u202e\u2066-\u2069]" "" (or (alist-get 'text email) "")))
    (save-excursion
      (goto-char start)
      (while (re-search-forward "^>.*$" nil t)
        (put-text-property (match-beginning 0) (match-end 0) 'face 'trawl-quoted)))))

(defun trawl-save-attachment (id attachment &optional file)
  "Save ATTACHMENT of the message ID to FILE, or ask where."
  ;; The name comes from the mail: only its last component counts, and the user sees it first.
  (let* ((name (file-name-nondirectory (or (alist-get 'name attachment) "attachment")))
         (file (or file (read-file-name "Save to: " nil nil nil (if (member name '("" "." "..")) "attachment" name)))))
    (when (file-directory-p file)
      (setq file (expand-file-name name file)))
    (when (or noninteractive (not (file-exists-p file)) (yes-or-no-p (format "Overwrite %s? " file)))
      (let ((coding-system-for-read 'no-conversion)
            (coding-system-for-write 'no-conversion))
        (with-temp-buffer
          (set-buffer-multibyte nil)
          (unless (eql 0 (process-file trawl-program nil (list t nil) nil
                                       "show" "--part" (alist-get 'partId attachment) "--" id))
            (signal 'trawl-error (list "The attachment could not be had")))
          (write-region nil nil file nil 'silent)))
      (message "Saved %s" file))))

(provide 'trawl)
;;; trawl.el ends here
