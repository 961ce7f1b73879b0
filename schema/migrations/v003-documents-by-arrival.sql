-- Documents stand in the order in which they came, not in that of their dates: a new one is written behind the last, so
-- that pages are full and a mailbox of a million messages is filled as fast as an empty one. What is shown of a message
-- is compressed together with its text, which has most of it in common with other messages.

DROP VIEW message_content;
ALTER TABLE document RENAME TO dated_document;

CREATE TABLE document (
    number INTEGER PRIMARY KEY,         -- message.document or departed.document
    digest BLOB NOT NULL,               -- of the content: 16 bytes
    date INTEGER NOT NULL,              -- as message.date
    sent_at INTEGER,
    received_at INTEGER,
    size INTEGER NOT NULL,
    is_truncated INTEGER NOT NULL,      -- 1: the text limit was hit
    text BLOB NOT NULL                  -- the header's fields, preview, body, names and text of attachments; compressed.
                                        -- See TextCodec and DocumentFields
);
ALTER TABLE message ADD COLUMN document INTEGER NOT NULL DEFAULT 0;     -- document.number
ALTER TABLE message ADD COLUMN sender_id INTEGER;                       -- address.id of the first in From
ALTER TABLE departed ADD COLUMN document INTEGER NOT NULL DEFAULT 0;    -- document.number

-- Documents of older schemas keep their numbers.
INSERT INTO document (number, digest, date, sent_at, received_at, size, is_truncated, text)
SELECT id, digest, date, sent_at, received_at, size, is_truncated, trawl_document(text, subject, from_, to_, cc, bcc,
    reply_to, sender, list, attachments, message_ids, in_reply_to, references_)
FROM dated_document ORDER BY id;
UPDATE message SET document = id, sender_id = (
    SELECT address.id FROM dated_document JOIN address ON address.email = lower(substr(
        substr(from_, 1, instr(from_ || char(10), char(10)) - 1), instr(from_, char(9)) + 1))
    WHERE dated_document.id = message.id);
UPDATE departed SET document = id;
DROP TABLE dated_document;

CREATE VIEW message_content AS
SELECT
    message.id AS id,
    trawl_text(document.text, 2) AS subject,
    trawl_text(document.text, 3) AS "from",
    trawl_text(document.text, 4) AS "to",
    trawl_text(document.text, 5) AS cc,
    trawl_text(document.text, 6) AS bcc,
    trawl_text(document.text, 0) AS body,
    trawl_text(document.text, 1) AS attachment
FROM message JOIN document ON document.number = message.document;
