WITH firsts AS (
SELECT u, MIN(d) AS d FROM (
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_date" AS DATE) AS d
FROM (
SELECT
  events.unit AS "events.person_id",
  CAST(events.moment AS DATE) AS "events.happened_date"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'visit'
GROUP BY 1, 2
) AS began_rows
) AS began WHERE u IS NOT NULL AND d IS NOT NULL GROUP BY u
),
started AS (
SELECT u, CAST(DATE_TRUNC('week', d) AS DATE) AS c FROM firsts
),
back AS (
SELECT DISTINCT u, CAST(DATE_TRUNC('week', d) AS DATE) AS p FROM (
SELECT CAST("events.person_id" AS VARCHAR) AS u, CAST("events.happened_date" AS DATE) AS d
FROM (
SELECT
  events.unit AS "events.person_id",
  CAST(events.moment AS DATE) AS "events.happened_date"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'buy'
GROUP BY 1, 2
) AS came_rows
) AS came WHERE u IS NOT NULL AND d IS NOT NULL
),
returned AS (
SELECT started.u, started.c, DATE_SUB('week', started.c, back.p) AS n
FROM started INNER JOIN back ON back.u = started.u AND back.p > started.c
),
as_of AS (
SELECT CASE WHEN MAX(d) > CAST((CURRENT_TIMESTAMP AT TIME ZONE 'UTC') AS DATE) THEN CAST((CURRENT_TIMESTAMP AT TIME ZONE 'UTC') AS DATE) ELSE MAX(d) END AS d
FROM (
SELECT MAX(CAST("events.happened_date" AS DATE)) AS d
FROM (
SELECT
  CAST(events.moment AS DATE) AS "events.happened_date"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
GROUP BY 1
) AS newest_2
) AS newest
),
newest_return AS (SELECT u, c, MAX(n) AS n FROM returned GROUP BY u, c),
periods AS (
SELECT 1 AS first_one, 3 AS last_one
),
sizes AS (SELECT c, COUNT(*) AS size FROM started GROUP BY c)
SELECT started.u AS id, CAST(started.c AS TIMESTAMP) AS since FROM started CROSS JOIN as_of
WHERE started.u NOT IN (SELECT u FROM (
SELECT DISTINCT returned.u, returned.c, first_one, last_one FROM returned INNER JOIN periods ON returned.n >= first_one AND returned.n <= last_one
) AS came_back WHERE first_one = 1 AND last_one = 3) AND DATE_SUB('week', started.c, as_of.d) > 3 AND started.c = CAST('2026-03-02' AS DATE)
ORDER BY 1
