-- What most messages have is one identity, the digest of their content, and that stands in their document: it is found there
-- when they go, without an index.
--
-- message_id is above zero in the row whose key is 'c' and the digest of the message's own document; in all others (of
-- Gmail and OBJECTID, of other contents that the message was known by) it is the message's number less than zero.

DROP INDEX identity_by_message;

UPDATE identity SET message_id = -message_id
WHERE NOT EXISTS (
        SELECT 1 FROM message JOIN document ON document.number = message.document
        WHERE message.id = identity.message_id AND CAST(x'63' || document.digest AS BLOB) = identity.key)
    AND NOT EXISTS (
        SELECT 1 FROM departed JOIN document ON document.number = departed.document
        WHERE departed.id = identity.message_id AND CAST(x'63' || document.digest AS BLOB) = identity.key);

CREATE INDEX identity_by_message ON identity (message_id) WHERE message_id < 0;
