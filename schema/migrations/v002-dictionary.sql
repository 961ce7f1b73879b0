-- What the index's messages have in common, so that each is kept shorter: zstd dictionaries, trained from their texts.
-- A stored text names the dictionary that it was compressed with (see TextCodec), so none is ever changed or removed.
CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);
