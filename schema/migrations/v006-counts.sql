-- In how many documents common words, beginnings of words and pairs of words stand, in the oldest and largest segments of the
-- text index (`setting` names them): what a search tells as its total, which would otherwise be counted along lists of
-- megabytes. Nothing is kept of what is rare, since its lists are short, nor in small indexes. Upkeep makes all of it anew
-- when it is out of date, so that it may be emptied at any time.
CREATE TABLE text_count (
    key BLOB PRIMARY KEY,               -- see CountKey
    documents INTEGER NOT NULL
) WITHOUT ROWID;

-- What those segments name, but what newer segments have taken out, or have otherwise.
CREATE TABLE text_removal (
    is_counted INTEGER NOT NULL,        -- 1: taken out after it was counted; 0: before, and so in no count
    id INTEGER NOT NULL,                -- message.id
    PRIMARY KEY (is_counted, id)
) WITHOUT ROWID;
