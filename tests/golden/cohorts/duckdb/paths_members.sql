WITH hits AS (
SELECT u, moment, place, tie, MIN(said) AS said, MAX(is_anchor) AS is_anchor, MAX(is_read) AS is_read
FROM (
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST("events.event" AS VARCHAR) AS said, 1 AS is_anchor, 0 AS is_read
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id",
  events.name AS "events.event"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'buy'
GROUP BY 1, 2, 3, 4
) AS part_1
UNION ALL
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_raw" AS TIMESTAMP) AS moment, 0 AS place, CAST("events.event_id" AS VARCHAR) AS tie, CAST("events.event" AS VARCHAR) AS said, 0 AS is_anchor, 1 AS is_read
FROM (
SELECT
  events.unit AS "events.person_id",
  events.moment AS "events.happened_raw",
  events.key AS "events.event_id",
  events.name AS "events.event"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
GROUP BY 1, 2, 3, 4
) AS part_2
) AS found
WHERE u IS NOT NULL AND moment IS NOT NULL
GROUP BY u, moment, place, tie
),
events AS (
SELECT u, moment, COALESCE(said, '∅') AS name, is_anchor, is_read,
  ROW_NUMBER() OVER (PARTITION BY u ORDER BY moment, place, tie) AS seq
FROM hits
),
first_anchors AS (SELECT u, MIN(seq) AS seq FROM events WHERE is_anchor = 1 GROUP BY u),
anchors AS (
SELECT events.u, events.seq, events.moment FROM events INNER JOIN first_anchors ON first_anchors.u = events.u AND first_anchors.seq = events.seq
),
along AS (
SELECT events.u, events.seq, events.name, anchors.moment AS since,
  LAG(events.name) OVER (PARTITION BY events.u ORDER BY events.seq DESC) AS name_before
FROM events INNER JOIN anchors ON anchors.u = events.u AND events.seq <= anchors.seq
WHERE (events.is_read = 1 OR events.seq = anchors.seq)
  AND DATE_SUB('second', events.moment, anchors.moment) <= 3600
),
placed AS (
SELECT u, since, name, ROW_NUMBER() OVER (PARTITION BY u ORDER BY seq DESC) - 1 AS step
FROM along WHERE name_before IS NULL OR name_before <> name
),
frequent AS (
SELECT step, name,
  ROW_NUMBER() OVER (PARTITION BY step ORDER BY COUNT(*) DESC, name) AS place
FROM placed WHERE step <= 2 GROUP BY step, name
),
named AS (
SELECT placed.u, placed.since, placed.step,
  CASE WHEN place <= 8 THEN placed.name ELSE 'Other' END AS name
FROM placed
INNER JOIN frequent ON frequent.step = placed.step AND frequent.name = placed.name
),
walked AS (
SELECT u, MIN(since) AS since,
  MAX(CASE WHEN step = 0 THEN name END) AS p0, MAX(CASE WHEN step = 1 THEN name END) AS p1, MAX(CASE WHEN step = 2 THEN name END) AS p2
FROM named GROUP BY u
)
SELECT u AS id, since FROM walked WHERE p0 = 'buy' AND p1 = 'visit' AND p2 IS NULL
ORDER BY u
