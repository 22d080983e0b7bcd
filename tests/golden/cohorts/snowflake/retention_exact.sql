WITH firsts AS (
SELECT u, MIN(d) AS d FROM (
SELECT CAST("events.account_id" AS VARCHAR) AS u, CAST("events.happened_date" AS DATE) AS d
FROM (
SELECT
  LEFT(events.unit, 1) AS "events.account_id",
  CAST(CONVERT_TIMEZONE('UTC', 'Europe/Berlin', CAST(events.moment AS TIMESTAMP_NTZ)) AS DATE) AS "events.happened_date"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'visit'
GROUP BY 1, 2
) AS began_rows
) AS began WHERE u IS NOT NULL AND d IS NOT NULL GROUP BY u
),
started AS (
SELECT u, CAST(DATE_TRUNC('month', d) AS DATE) AS c FROM firsts
),
back AS (
SELECT DISTINCT u, CAST(DATE_TRUNC('month', d) AS DATE) AS p FROM (
SELECT CAST("events.account_id" AS VARCHAR) AS u, CAST("events.happened_date" AS DATE) AS d
FROM (
SELECT
  LEFT(events.unit, 1) AS "events.account_id",
  CAST(CONVERT_TIMEZONE('UTC', 'Europe/Berlin', CAST(events.moment AS TIMESTAMP_NTZ)) AS DATE) AS "events.happened_date"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
  AND events.name = 'buy'
GROUP BY 1, 2
) AS came_rows
) AS came WHERE u IS NOT NULL AND d IS NOT NULL
),
returned AS (
SELECT started.u, started.c, TRUNC(MONTHS_BETWEEN(back.p, started.c) / 1) AS n
FROM started INNER JOIN back ON back.u = started.u AND back.p > started.c
),
as_of AS (
SELECT CASE WHEN MAX(d) > CAST(SYSDATE() AS DATE) THEN CAST(SYSDATE() AS DATE) ELSE MAX(d) END AS d
FROM (
SELECT MAX(CAST("events.happened_date" AS DATE)) AS d
FROM (
SELECT
  CAST(CONVERT_TIMEZONE('UTC', 'Europe/Berlin', CAST(events.moment AS TIMESTAMP_NTZ)) AS DATE) AS "events.happened_date"
FROM events AS events
WHERE LEFT(events.unit, 1) = 'a'
GROUP BY 1
) AS newest_2
) AS newest
),
newest_return AS (SELECT u, c, MAX(n) AS n FROM returned GROUP BY u, c),
periods AS (
SELECT 1 AS first_one, 1 AS last_one
UNION ALL
SELECT 2 AS first_one, 2 AS last_one
),
sizes AS (SELECT c, COUNT(*) AS size FROM started GROUP BY c)
, kept AS (
SELECT c, first_one, last_one, COUNT(*) AS units
FROM (
SELECT returned.u, returned.c, first_one, last_one FROM returned INNER JOIN periods ON returned.n = first_one
) AS came_back GROUP BY c, first_one, last_one
)
SELECT sizes.c, 0 AS first_one, 0 AS last_one, sizes.size, sizes.size AS retained,
  1 AS is_matured
FROM sizes
UNION ALL
SELECT sizes.c, periods.first_one, periods.last_one, sizes.size,
  COALESCE(kept.units, 0) AS retained,
  CASE WHEN TRUNC(MONTHS_BETWEEN(as_of.d, sizes.c) / 1) > periods.last_one THEN 1 ELSE 0 END AS is_matured
FROM sizes CROSS JOIN periods CROSS JOIN as_of
LEFT JOIN kept ON kept.c = sizes.c AND kept.first_one = periods.first_one AND kept.last_one = periods.last_one
ORDER BY 1, 2, 3
