WITH hits AS (
SELECT u, moment, place, tie, MIN(said) AS said, MAX(s1) AS s1, MAX(s2) AS s2, MAX(begins) AS begins, MAX(ends) AS ends
FROM (
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 1 AS s1, 0 AS s2, 0 AS begins, 0 AS ends
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'visit'
GROUP BY 1, 2, 3
) AS part_1
UNION ALL
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 0 AS s1, 1 AS s2, 0 AS begins, 0 AS ends
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'buy'
GROUP BY 1, 2, 3
) AS part_2
UNION ALL
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST("events.place" AS VARCHAR) AS said, 1 AS s1, 0 AS s2, 1 AS begins, 0 AS ends
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id",
  events.place AS "events.place"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'visit'
  AND (events.moment >= TIMESTAMP '2026-03-04 00:00:00' AND events.moment < TIMESTAMP '2026-06-02 00:00:00')
GROUP BY 1, 2, 3, 4
) AS part_3
UNION ALL
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 0 AS s1, 0 AS s2, 0 AS begins, 1 AS ends
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'leave'
GROUP BY 1, 2, 3
) AS part_4
) AS found
WHERE u IS NOT NULL AND moment IS NOT NULL
GROUP BY u, moment, place, tie
),
as_of AS (
SELECT CASE WHEN MAX(moment) > SYSDATE() THEN SYSDATE() ELSE MAX(moment) END AS moment FROM (
SELECT MAX(CAST("events.happened_raw" AS TIMESTAMP_NTZ)) AS moment FROM (
SELECT
  events.moment AS "events.happened_raw"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
GROUP BY 1
) AS newest_1
) AS newest
),
numbered AS (
SELECT hits.*, ROW_NUMBER() OVER (PARTITION BY u ORDER BY moment, place, tie) AS seq
FROM hits
),
events AS (
SELECT numbered.*,
  MIN(CASE WHEN s2 = 1 THEN seq END) OVER (PARTITION BY u ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS n2,
  MIN(CASE WHEN ends = 1 THEN seq END) OVER (PARTITION BY u ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS ends_at
FROM numbered
),
attempts AS (
SELECT first_event.u, first_event.seq AS attempt, first_event.moment AS began,
  first_event.said, first_event.moment AS t1, event_2.moment AS t2
FROM events AS first_event
LEFT JOIN events AS event_2 ON event_2.u = first_event.u AND event_2.seq = first_event.n2 AND event_2.moment <= DATEADD('second', 86400, first_event.moment) AND (first_event.ends_at IS NULL OR event_2.seq < first_event.ends_at)
WHERE first_event.begins = 1
),
ranked AS (
SELECT u, attempt, began, said, t1, t2, CASE WHEN t1 IS NULL THEN 0 ELSE 1 END + CASE WHEN t2 IS NULL THEN 0 ELSE 1 END AS steps,
  ROW_NUMBER() OVER (PARTITION BY u ORDER BY CASE WHEN t1 IS NULL THEN 0 ELSE 1 END + CASE WHEN t2 IS NULL THEN 0 ELSE 1 END DESC, attempt) AS rank_of_attempt
FROM attempts
),
latest AS (
SELECT u, DATEADD('second', 86400, MAX(began)) AS over_at FROM attempts GROUP BY u
),
best AS (
SELECT ranked.u, began, said, t1, t2, steps,
  CASE WHEN steps = 2 OR over_at <= as_of.moment THEN 1 ELSE 0 END AS is_over
FROM ranked
INNER JOIN latest ON latest.u = ranked.u
CROSS JOIN as_of
WHERE rank_of_attempt = 1
)
, reached AS (
SELECT u, said, began, steps, is_over, 1 AS step, t1 AS reached_at, t1 AS before_at FROM best WHERE t1 IS NOT NULL
UNION ALL
SELECT u, said, began, steps, is_over, 2 AS step, t2 AS reached_at, t1 AS before_at FROM best WHERE t2 IS NOT NULL
),
segments AS (
SELECT said,
  CASE WHEN place <= 6 THEN said ELSE 'Other' END AS segment
FROM (
SELECT said, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, said) AS place FROM (
SELECT COALESCE(said, '∅') AS said FROM best
) AS began_with GROUP BY said
) AS by_size
)
SELECT 'all' AS part, CAST(NULL AS VARCHAR) AS segment, step, COUNT(*) AS units, SUM(CASE WHEN steps = step AND is_over = 1 AND step < 2 THEN 1 ELSE 0 END) AS dropped, SUM(CASE WHEN steps = step AND is_over = 0 THEN 1 ELSE 0 END) AS in_time, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY TIMESTAMPDIFF('second', before_at, reached_at)) AS seconds, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY TIMESTAMPDIFF('second', began, reached_at)) AS from_start
FROM reached GROUP BY step
UNION ALL
SELECT 'segment' AS part, segments.segment, step, COUNT(*) AS units, SUM(CASE WHEN steps = step AND is_over = 1 AND step < 2 THEN 1 ELSE 0 END) AS dropped, SUM(CASE WHEN steps = step AND is_over = 0 THEN 1 ELSE 0 END) AS in_time, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY TIMESTAMPDIFF('second', before_at, reached_at)) AS seconds, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY TIMESTAMPDIFF('second', began, reached_at)) AS from_start
FROM reached INNER JOIN segments ON segments.said = COALESCE(reached.said, '∅')
GROUP BY segments.segment, step
ORDER BY 1, 2, 3
