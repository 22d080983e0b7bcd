WITH hits AS (
SELECT u, moment, place, tie, MIN(said) AS said, MAX(s1) AS s1, MAX(s2) AS s2, MAX(begins) AS begins
FROM (
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 1 AS s1, 0 AS s2, 0 AS begins
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
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 0 AS s1, 1 AS s2, 0 AS begins
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
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 1 AS s1, 0 AS s2, 1 AS begins
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'visit'
GROUP BY 1, 2, 3
) AS part_3
UNION ALL
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP_NTZ) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST(NULL AS VARCHAR) AS said, 0 AS s1, 1 AS s2, 1 AS begins
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'buy'
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
  MIN(CASE WHEN s1 = 1 THEN seq END) OVER (PARTITION BY u ORDER BY seq ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS n1,
  MIN(CASE WHEN s2 = 1 THEN seq END) OVER (PARTITION BY u ORDER BY seq ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS n2
FROM numbered
),
attempts AS (
SELECT first_event.u, first_event.seq AS attempt, first_event.moment AS began,
  first_event.said, event_1.moment AS t1, event_2.moment AS t2
FROM events AS first_event
LEFT JOIN events AS event_1 ON event_1.u = first_event.u AND event_1.seq = first_event.n1 AND event_1.moment <= DATEADD('second', 1209600, first_event.moment)
LEFT JOIN events AS event_2 ON event_2.u = first_event.u AND event_2.seq = first_event.n2 AND event_2.moment <= DATEADD('second', 1209600, first_event.moment)
WHERE first_event.begins = 1
),
ranked AS (
SELECT u, attempt, began, said, t1, t2, CASE WHEN t1 IS NULL THEN 0 ELSE 1 END + CASE WHEN t2 IS NULL THEN 0 ELSE 1 END AS steps,
  ROW_NUMBER() OVER (PARTITION BY u ORDER BY CASE WHEN t1 IS NULL THEN 0 ELSE 1 END + CASE WHEN t2 IS NULL THEN 0 ELSE 1 END DESC, attempt) AS rank_of_attempt
FROM attempts
),
latest AS (
SELECT u, DATEADD('second', 1209600, MAX(began)) AS over_at FROM attempts GROUP BY u
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
SELECT u, said, began, steps, is_over, step, reached_at, COALESCE(before_at, reached_at) AS before_at FROM (
SELECT u, said, began, steps, is_over, ROW_NUMBER() OVER (PARTITION BY u ORDER BY reached_at, place) AS step, reached_at, LAG(reached_at) OVER (PARTITION BY u ORDER BY reached_at, place) AS before_at
FROM (
SELECT u, said, began, steps, is_over, 1 AS place, t1 AS reached_at FROM best WHERE t1 IS NOT NULL
UNION ALL
SELECT u, said, began, steps, is_over, 2 AS place, t2 AS reached_at FROM best WHERE t2 IS NOT NULL
) AS each_step
) AS in_order
)
SELECT 'all' AS part, CAST(NULL AS VARCHAR) AS segment, step, COUNT(*) AS units, SUM(CASE WHEN steps = step AND is_over = 1 AND step < 2 THEN 1 ELSE 0 END) AS dropped, SUM(CASE WHEN steps = step AND is_over = 0 THEN 1 ELSE 0 END) AS in_time, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY TIMESTAMPDIFF('second', before_at, reached_at)) AS seconds, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY TIMESTAMPDIFF('second', began, reached_at)) AS from_start
FROM reached GROUP BY step
ORDER BY step
