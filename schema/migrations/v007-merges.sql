-- FTS5 begins and goes on with no merge in steps of its own: what it forgets where a step ends is made good by who runs it
-- (see TextMerge). It still merges sixteen segments of a level where they come together, as a whole.
INSERT INTO message_text (message_text, rank) VALUES ('automerge', 0);
