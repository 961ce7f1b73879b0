;;; trawl-tests.el --- Tests of trawl.el  -*- lexical-binding: t; -*-

;; emacs -Q --batch -L clients/emacs -l trawl-tests -f ert-run-tests-batch-and-exit, with `trawl' on the PATH and an
;; index of scripts/demo-mail; clients/tests/test_emacs.py sees to both.

;;; Code:

(require 'ert)
(require 'trawl)

(defun trawl-tests--lines ()
  "Return this buffer's lines."
  (split-string (buffer-substring-no-properties (point-min) (point-max)) "\n" t))

(ert-deftest trawl-search-lists-what-it-finds ()
  (with-current-buffer (trawl-search "rudder")
    (should (eq major-mode 'trawl-list-mode))
    (should (= (length (trawl-tests--lines)) 3))
    (should (string-match-p "2026-11-06 19:41 +Sam +Re: The boat needs a new rudder" (car (trawl-tests--lines))))
    (goto-char (point-min))
    (search-forward "rudder")
    (let ((faces (ensure-list-or-face (get-text-property (match-beginning 0) 'face))))
      (should (memq 'trawl-match faces)))
    (trawl-search "nothing-has-this-word")
    (should (= (buffer-size) 0))))

(defun ensure-list-or-face (face)
  "Return FACE as a list."
  (if (listp face) face (list face)))

(ert-deftest trawl-reads-a-message ()
  (trawl-search "mid:boat-1@harbour.example")
  (with-current-buffer "*trawl*"
    (goto-char (point-min))
    (trawl-open))
  (with-current-buffer "*trawl message*"
    (should buffer-read-only)
    (let ((text (buffer-string)))
      (should (string-match-p "^From: Ana Silva <ana@harbour.example>$" text))
      (should (string-match-p "^Subject: The boat needs a new rudder$" text))
      (should (string-match-p "rudder of the Albatross is cracked" text)))
    (trawl-copy-message-id)
    (should (equal (current-kill 0) "<boat-1@harbour.example>"))
    (trawl-open-thread))
  (with-current-buffer "*trawl thread*"
    (should (= (length (trawl-tests--lines)) 3))
    (should (string-match-p "Ana Silva" (car (trawl-tests--lines))))))

(ert-deftest trawl-shows-the-raw-message ()
  (trawl-search "mid:boat-1@harbour.example")
  (with-current-buffer "*trawl*"
    (goto-char (point-min))
    (trawl-show-raw))
  (with-current-buffer "*trawl raw*"
    (should (string-match-p "^Message-ID: <boat-1@harbour.example>" (buffer-string)))))

(ert-deftest trawl-saves-an-attachment ()
  (let* ((email (car (trawl-find "filename:*.csv")))
         (email (trawl-read (alist-get 'id email)))
         (file (make-temp-file "trawl-test")))
    (unwind-protect
        (progn
          (trawl-save-attachment (alist-get 'id email) (car (alist-get 'attachments email)) file)
          (should (> (file-attribute-size (file-attributes file)) 10)))
      (delete-file file))))

(ert-deftest trawl-tells-errors ()
  (should-error (trawl-search "(rudder") :type 'trawl-error)
  (should-error (trawl-show "zzzz") :type 'trawl-error)
  (let ((trawl-program "no-such-program"))
    (should-error (trawl-find "x") :type 'trawl-error))
  (condition-case error
      (trawl-find "(rudder")
    (trawl-error (should (string-match-p "can't read the query" (cadr error))))))

(ert-deftest trawl-completes-a-query ()
  (should (member "from:ana@harbour.example" (trawl-complete "from:a")))
  (should (equal (trawl-complete "rudder is:un") '("rudder is:unread"))))

(ert-deftest trawl-shows-no-hidden-text ()
  (should (equal (trawl--line "a\u202eb\n c\x1b") "ab c"))
  (should (equal (substring-no-properties (trawl--marked "1 &lt; 2 &amp;lt; <mark>x</mark>")) "1 < 2 &lt; x")))

(provide 'trawl-tests)
;;; trawl-tests.el ends here
