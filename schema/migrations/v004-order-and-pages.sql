-- How far ids stray from the order of dates. By `id_drift` alone, thousands of messages of one minute (a busy list, a
-- script's mail) would all have to be read before the newest is known.

-- The largest message.date ever given.
ALTER TABLE counter ADD COLUMN newest_date INTEGER NOT NULL DEFAULT 0;
-- The most seconds by which the date of a message can lie before that of one with a smaller id.
ALTER TABLE counter ADD COLUMN date_disorder INTEGER NOT NULL DEFAULT 0;

UPDATE counter SET
    newest_date = coalesce((SELECT max(date) FROM document), 0),
    date_disorder = coalesce((
        SELECT max(newest - date)
        FROM (SELECT date, max(date) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS newest FROM message)
    ), 0);

-- Two of the text index's own pages fill one of the file's.
INSERT INTO message_text (message_text, rank) VALUES ('pgsz', 8164);

-- Most messages never change after they came.
DROP INDEX message_by_change;
CREATE UNIQUE INDEX message_by_change ON message (changed) WHERE changed > created;
