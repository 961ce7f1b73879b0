-- Trawl's index, told in prose.
--
-- What the server said stands in `account`, `mailbox`, `place`, `flagset` and `document`. All else (message, message_text,
-- identity's content keys, reference, participant, address, attachment, tagging and the counts) is derived from those
-- and can be made again from them. Nothing here is read by other programs; columns may change with a migration.
--
-- Times are seconds since 1970 (UTC). Lists within a column have one entry a line (LF); no stored header value holds
-- LF or TAB.

-- A number that grows by one with each change of a message: the state that `changes` speaks of.
CREATE TABLE counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    change INTEGER NOT NULL,            -- the last change given to a message or to `destroyed`
    changes_floor INTEGER NOT NULL,     -- changes up to here are no longer told apart: `destroyed` was pruned
    next_thread_id INTEGER NOT NULL,
    message_count INTEGER NOT NULL,
    id_drift INTEGER NOT NULL           -- the largest message.id - date / 16 ever given
);
INSERT INTO counter VALUES (1, 0, 0, 1, 0, 0);

-- How the index was made, where that can differ: the languages of stemming.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Accounts and mailboxes ----------------------------------------------------------------------------------------

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT '',
    last_sync_at INTEGER,
    last_error TEXT,
    last_error_at INTEGER
);

CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,                 -- decoded
    wire_name BLOB,                     -- as the server spelt it; NULL where there is no server
    delimiter TEXT,
    attributes TEXT NOT NULL DEFAULT '',-- LIST attributes, one a line: \HasNoChildren, \Sent
    object_id TEXT,                     -- MAILBOXID (RFC 8474)
    -- The cursor: committed with what it covers, always.
    uid_validity INTEGER,
    uid_next INTEGER,
    highest_modseq INTEGER,
    backfilled_down_to INTEGER,         -- all UIDs from here up to uid_next are indexed; 1: all; NULL: none yet
    server_count INTEGER,               -- messages the server said it holds
    state TEXT NOT NULL DEFAULT '',
    last_sync_at INTEGER,
    last_error TEXT,
    last_error_at INTEGER,
    -- Counts of `place`, kept so that `status` needs no scan.
    message_count INTEGER NOT NULL DEFAULT 0,
    unseen_count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, name)
);

-- Flags are few combinations on many messages: a place names its combination by number, so changing flags writes a
-- few bytes.
CREATE TABLE flagset (
    id INTEGER PRIMARY KEY,
    flags INTEGER NOT NULL,             -- 1 \Seen, 2 \Answered, 4 \Flagged, 8 \Deleted, 16 \Draft
    keywords TEXT NOT NULL,             -- other flags, one a line, sorted
    labels TEXT NOT NULL,               -- Gmail's labels, one a line, sorted
    UNIQUE (flags, keywords, labels)
);

-- Where a message stands: a message has as many places as mailboxes hold it. The UIDs are those of the mailbox's
-- uid_validity; when that changes the mailbox's places go.
CREATE TABLE place (
    mailbox_id INTEGER NOT NULL REFERENCES mailbox (id),
    uid INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    flagset_id INTEGER NOT NULL,
    modseq INTEGER,
    PRIMARY KEY (mailbox_id, uid)
) WITHOUT ROWID;
CREATE INDEX place_by_message ON place (message_id);
CREATE INDEX place_by_mailbox ON place (mailbox_id, message_id);

-- Messages --------------------------------------------------------------------------------------------------------

-- The facts that queries filter by, narrow, so that a million of them stay in memory.
--
-- id = date / 16, or the first free number after it. So ORDER BY id DESC is newest first but for neighbours, which are
-- set right as they are read, without a sort: date / 16 <= id <= date / 16 + counter.id_drift always. Ids so close
-- together make the text index an eighth smaller than the seconds themselves would.
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    date INTEGER NOT NULL,              -- Date header where plausible, else when received; never negative
    thread_id INTEGER NOT NULL,         -- inner number; the thread's face to users is its smallest message id
    flags INTEGER NOT NULL,             -- as flagset.flags over all places: \Seen if all have it, the others if one has
    size INTEGER NOT NULL,
    attachment_count INTEGER NOT NULL,  -- without inline parts
    list_id INTEGER,
    created INTEGER NOT NULL,           -- counter.change when it came
    changed INTEGER NOT NULL            -- counter.change when it, its flags or its places last changed
);
CREATE INDEX message_by_thread ON message (thread_id);
CREATE UNIQUE INDEX message_by_creation ON message (created);
CREATE UNIQUE INDEX message_by_change ON message (changed);
CREATE INDEX message_by_list ON message (list_id) WHERE list_id IS NOT NULL;
-- Few among many, and asked for often. A query uses these when it has the same condition, letter by letter.
CREATE INDEX message_unread ON message (id) WHERE (flags & 1) = 0;
CREATE INDEX message_flagged ON message (id) WHERE (flags & 4) <> 0;
CREATE INDEX message_draft ON message (id) WHERE (flags & 16) <> 0;

-- All that is shown of a message, and its text. A document without a row in `message` has lost its last place a short
-- while ago (see `departed`); nothing finds it.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,               -- of the content: 16 bytes
    date INTEGER NOT NULL DEFAULT 0,    -- as message.date
    sent_at INTEGER,
    received_at INTEGER,
    size INTEGER NOT NULL,
    message_ids TEXT NOT NULL,          -- without < and >
    in_reply_to TEXT NOT NULL,
    references_ TEXT NOT NULL,
    subject TEXT NOT NULL,
    from_ TEXT NOT NULL,                -- addresses: name TAB email
    to_ TEXT NOT NULL,
    cc TEXT NOT NULL,
    bcc TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    sender TEXT NOT NULL,
    list TEXT NOT NULL,                 -- List-Id, lower case; '' for none
    attachments TEXT NOT NULL,          -- part id TAB type TAB size TAB 1 if inline, else 0 TAB name
    is_truncated INTEGER NOT NULL,      -- 1: the text limit was hit
    text BLOB                           -- preview, body, names and text of attachments; compressed; NULL for none.
                                        -- See TextCodec
);

-- Messages whose last place went. Their text is kept for a while, so that a message that turns up in another mailbox
-- (a move, seen as a removal first) needs no second download.
CREATE TABLE departed (
    id INTEGER PRIMARY KEY,             -- of the document
    at INTEGER NOT NULL,
    token INTEGER                       -- of its first Message-ID, as reference.token
);
CREATE INDEX departed_by_token ON departed (token);
CREATE INDEX departed_by_time ON departed (at);

-- By what a message is known again. The key's first byte is its kind: 'c' content digest, 'g' account and X-GM-MSGID,
-- 'o' account and EMAILID (RFC 8474).
CREATE TABLE identity (
    key BLOB PRIMARY KEY,
    message_id INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX identity_by_message ON identity (message_id);

-- Message-IDs, as 64-bit hashes, that a message bears (kind 1), names in References or In-Reply-To (kind 2), or both
-- (3). Messages that share one are one thread; `mid:` compares the text in `document` too.
CREATE TABLE reference (
    token INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    PRIMARY KEY (token, message_id)
) WITHOUT ROWID;

-- What went, for `changes`.
CREATE TABLE destroyed (
    change INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL,
    created INTEGER NOT NULL            -- what message.created was
);

-- Facts beside the text -------------------------------------------------------------------------------------------

CREATE TABLE list (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE           -- lower case
);

CREATE TABLE address (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,         -- lower case
    name TEXT NOT NULL,                 -- as in the newest message that names it
    name_message_id INTEGER NOT NULL,
    key TEXT NOT NULL,                  -- space, folded name, space, email: what a prefix is looked for in
    from_count INTEGER NOT NULL,        -- messages from this address
    to_count INTEGER NOT NULL,          -- messages to it (to, cc, bcc)
    last_message_id INTEGER NOT NULL
);

-- One row for an address and a message. roles: 1 from, 2 to, 4 cc, 8 bcc, 16 reply-to, 32 sender.
CREATE TABLE participant (
    address_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    PRIMARY KEY (address_id, message_id)
) WITHOUT ROWID;

CREATE TABLE media_type (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE           -- lower case: application/pdf
);

CREATE TABLE attachment (
    message_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    media_type_id INTEGER NOT NULL,
    name TEXT NOT NULL,                 -- folded (TextFolding); '' for none
    PRIMARY KEY (message_id, ordinal)
) WITHOUT ROWID;
CREATE INDEX attachment_by_type ON attachment (media_type_id, message_id);

CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,              -- 1 IMAP keyword, 2 Gmail label
    name TEXT NOT NULL,                 -- as first seen
    folded TEXT NOT NULL,
    UNIQUE (kind, folded)
);

CREATE TABLE tagging (
    tag_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (tag_id, message_id)
) WITHOUT ROWID;

-- The text index --------------------------------------------------------------------------------------------------

-- FTS5 keeps no text of its own: it reads it here when it deletes, rebuilds and checks itself. trawl_text(blob, 0) is
-- the body, trawl_text(blob, 1) the attachments' names and text. The body is the first column, since FTS5 spends two
-- bytes on each word of a document that stands in any other.
CREATE VIEW message_content AS
SELECT
    message.id AS id,
    document.subject AS subject,
    document.from_ AS "from",
    document.to_ AS "to",
    document.cc AS cc,
    document.bcc AS bcc,
    trawl_text(document.text, 0) AS body,
    trawl_text(document.text, 1) AS attachment
FROM message JOIN document ON document.id = message.id;

CREATE VIRTUAL TABLE message_text USING fts5 (
    body, subject, "from", "to", cc, bcc, attachment,
    content = 'message_content', content_rowid = 'id', tokenize = 'trawl'
);
-- A batch of 2,000 messages is gathered whole in memory and makes one part of the index; eight parts are merged to one.
INSERT INTO message_text (message_text, rank) VALUES ('hashsize', 33554432);
INSERT INTO message_text (message_text, rank) VALUES ('automerge', 8);
