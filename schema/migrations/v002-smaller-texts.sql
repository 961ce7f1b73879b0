-- What the index's messages have in common, so that each is kept shorter: zstd dictionaries, trained from their texts.
-- A stored text names the dictionary that it was compressed with (see TextCodec), so none is ever changed or removed.
CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);

-- Sixteen parts of the text index are merged to one, rather than eight: a batch of 1,000 messages is gathered in memory,
-- makes a part, and is written once or twice more until there are a million messages.
INSERT INTO message_text (message_text, rank) VALUES ('automerge', 16);
