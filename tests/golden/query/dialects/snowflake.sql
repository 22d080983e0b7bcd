-- id
SELECT
  t.id AS "t.id"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- name
SELECT
  t.name AS "t.name"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- paid
SELECT
  COALESCE(t.paid, FALSE) AS "t.paid"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- zip
SELECT
  t.zip AS "t.zip"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_raw
SELECT
  t.at AS "t.at_raw"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_time
SELECT
  DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_time"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_time_of_day
SELECT
  TO_CHAR(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 'HH24:MI') AS "t.at_time_of_day"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_microsecond
SELECT
  CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)) AS "t.at_microsecond"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond
SELECT
  DATE_TRUNC('millisecond', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_millisecond"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond2
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 2000000) * 2, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond2"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond4
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 4000000) * 4, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond4"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond5
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 5000000) * 5, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond5"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond8
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 8000000) * 8, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond8"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond10
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 10000000) * 10, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond10"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond20
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 20000000) * 20, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond20"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond25
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 25000000) * 25, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond25"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond40
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 40000000) * 40, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond40"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond50
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 50000000) * 50, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond50"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond100
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 100000000) * 100, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond100"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond125
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 125000000) * 125, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond125"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond200
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 200000000) * 200, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond200"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond250
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 250000000) * 250, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond250"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_millisecond500
SELECT
  DATEADD('millisecond', FLOOR(EXTRACT(NANOSECOND FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) / 500000000) * 500, DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_millisecond500"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_second
SELECT
  DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_second"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute
SELECT
  DATE_TRUNC('minute', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_minute"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute2
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 2, 'MINUTE') AS "t.at_minute2"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute3
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 3, 'MINUTE') AS "t.at_minute3"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute4
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 4, 'MINUTE') AS "t.at_minute4"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute5
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 5, 'MINUTE') AS "t.at_minute5"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute6
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 6, 'MINUTE') AS "t.at_minute6"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute10
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 10, 'MINUTE') AS "t.at_minute10"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute12
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 12, 'MINUTE') AS "t.at_minute12"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute15
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 15, 'MINUTE') AS "t.at_minute15"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute20
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 20, 'MINUTE') AS "t.at_minute20"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_minute30
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 30, 'MINUTE') AS "t.at_minute30"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour
SELECT
  DATE_TRUNC('hour', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_hour"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour2
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 2, 'HOUR') AS "t.at_hour2"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour3
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 3, 'HOUR') AS "t.at_hour3"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour4
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 4, 'HOUR') AS "t.at_hour4"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour6
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 6, 'HOUR') AS "t.at_hour6"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour8
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 8, 'HOUR') AS "t.at_hour8"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour12
SELECT
  TIME_SLICE(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 12, 'HOUR') AS "t.at_hour12"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_hour_of_day
SELECT
  EXTRACT(HOUR FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_hour_of_day"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_date
SELECT
  CAST(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)) AS DATE) AS "t.at_date"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_day_of_week
SELECT
  DECODE(EXTRACT(DAYOFWEEKISO FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))), 1, 'Monday', 2, 'Tuesday', 3, 'Wednesday', 4, 'Thursday', 5, 'Friday', 6, 'Saturday', 7, 'Sunday') AS "t.at_day_of_week"
FROM t AS t
GROUP BY 1
ORDER BY MIN(MOD((EXTRACT(DAYOFWEEKISO FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) - 1) + 1, 7)) NULLS LAST

-- at_day_of_week_index
SELECT
  MOD((EXTRACT(DAYOFWEEKISO FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) - 1) + 1, 7) AS "t.at_day_of_week_index"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_day_of_month
SELECT
  EXTRACT(DAY FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_day_of_month"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_day_of_year
SELECT
  EXTRACT(DAYOFYEAR FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_day_of_year"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_week
SELECT
  CAST(DATEADD('day', -1, DATE_TRUNC('week', DATEADD('day', 1, CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))))) AS DATE) AS "t.at_week"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_week_of_year
SELECT
  EXTRACT(WEEKISO FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_week_of_year"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_month
SELECT
  TO_CHAR(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 'YYYY-MM') AS "t.at_month"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_month_num
SELECT
  EXTRACT(MONTH FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_month_num"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_month_name
SELECT
  TO_CHAR(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 'MMMM') AS "t.at_month_name"
FROM t AS t
GROUP BY 1
ORDER BY MIN(EXTRACT(MONTH FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) NULLS LAST

-- at_fiscal_month_num
SELECT
  EXTRACT(MONTH FROM DATEADD('month', 3, CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_fiscal_month_num"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_quarter
SELECT
  TO_CHAR(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 'YYYY') || '-Q' || EXTRACT(QUARTER FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_quarter"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_quarter_of_year
SELECT
  'Q' || CAST(EXTRACT(QUARTER FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS VARCHAR) AS "t.at_quarter_of_year"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_fiscal_quarter
SELECT
  'FY' || TO_CHAR(DATEADD('month', 3, CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))), 'YYYY') || '-Q' || EXTRACT(QUARTER FROM DATEADD('month', 3, CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS "t.at_fiscal_quarter"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_fiscal_quarter_of_year
SELECT
  'Q' || CAST(EXTRACT(QUARTER FROM DATEADD('month', 3, CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))) AS VARCHAR) AS "t.at_fiscal_quarter_of_year"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_year
SELECT
  EXTRACT(YEAR FROM CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))) AS "t.at_year"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_fiscal_year
SELECT
  'FY' || TO_CHAR(DATEADD('month', 3, CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ))), 'YYYY') AS "t.at_fiscal_year"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- at_yesno
SELECT
  (CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)) IS NOT NULL) AS "t.at_yesno"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- day_date
SELECT
  t.day AS "t.day_date"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- day_week
SELECT
  CAST(DATEADD('day', -1, DATE_TRUNC('week', DATEADD('day', 1, t.day))) AS DATE) AS "t.day_week"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- epoch_time
SELECT
  DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', TO_TIMESTAMP_NTZ(t.epoch))) AS "t.epoch_time"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- epoch_date
SELECT
  CAST(CONVERT_TIMEZONE('UTC', 'America/New_York', TO_TIMESTAMP_NTZ(t.epoch)) AS DATE) AS "t.epoch_date"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- ymd_date
SELECT
  TO_DATE(CAST(t.ymd AS VARCHAR), 'YYYYMMDD') AS "t.ymd_date"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- ymd_month
SELECT
  TO_CHAR(TO_DATE(CAST(t.ymd AS VARCHAR), 'YYYYMMDD'), 'YYYY-MM') AS "t.ymd_month"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- seconds
SELECT
  TIMESTAMPDIFF('second', t.at, t.day) AS "t.seconds"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- minutes
SELECT
  TRUNC(TIMESTAMPDIFF('second', t.at, t.day) / 60) AS "t.minutes"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- hours
SELECT
  TRUNC(TIMESTAMPDIFF('second', t.at, t.day) / 3600) AS "t.hours"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- days
SELECT
  TRUNC(TIMESTAMPDIFF('second', t.at, t.day) / 86400) AS "t.days"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- weeks
SELECT
  TRUNC(TIMESTAMPDIFF('second', t.at, t.day) / 604800) AS "t.weeks"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- months
SELECT
  TRUNC(MONTHS_BETWEEN(t.day, t.at) / 1) AS "t.months"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- quarters
SELECT
  TRUNC(MONTHS_BETWEEN(t.day, t.at) / 3) AS "t.quarters"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- years
SELECT
  TRUNC(MONTHS_BETWEEN(t.day, t.at) / 12) AS "t.years"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- tier
SELECT
  CASE WHEN t.n < 1 THEN 'Below 1' WHEN t.n < 5 THEN '1 to 4' WHEN t.n IS NOT NULL THEN '5 or Above' ELSE 'Undefined' END AS "t.tier"
FROM t AS t
GROUP BY 1
ORDER BY MIN(CASE WHEN t.n < 1 THEN 0 WHEN t.n < 5 THEN 1 WHEN t.n IS NOT NULL THEN 2 ELSE 3 END) NULLS LAST

-- size
SELECT
  CASE WHEN t.n > 5 THEN 'it''s \\big' ELSE 'small' END AS "t.size"
FROM t AS t
GROUP BY 1
ORDER BY MIN(CASE WHEN t.n > 5 THEN 0 ELSE 1 END) NULLS LAST

-- here
SELECT
  CAST(t.lat AS VARCHAR) || ',' || CAST(t.lon AS VARCHAR) AS "t.here"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- there
SELECT
  CAST(52.5 AS VARCHAR) || ',' || CAST(13.4 AS VARCHAR) AS "t.there"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- far
SELECT
  7917.522668 * ASIN(SQRT(LEAST(1.0, POWER(SIN((52.5 - t.lat) * 0.017453292519943295 / 2), 2) + COS(t.lat * 0.017453292519943295) * COS(52.5 * 0.017453292519943295) * POWER(SIN((13.4 - t.lon) * 0.017453292519943295 / 2), 2)))) AS "t.far"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- count
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
ORDER BY 1 NULLS LAST

-- list
SELECT
  LISTAGG(DISTINCT CAST(t.name AS VARCHAR), ', ') WITHIN GROUP (ORDER BY CAST(t.name AS VARCHAR)) AS "t.list"
FROM t AS t
ORDER BY 1 NULLS LAST

-- some
SELECT
  COUNT(CASE WHEN t.paid AND (t.at >= TIMESTAMP '2024-05-11 04:00:00' AND t.at < TIMESTAMP '2024-05-18 04:00:00') THEN 1 END) AS "t.some"
FROM t AS t
ORDER BY 1 NULLS LAST

-- latest
SELECT
  CAST(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST((MAX(t.at)) AS TIMESTAMP_NTZ)) AS DATE) AS "t.latest"
FROM t AS t
ORDER BY 1 NULLS LAST

-- name: a,b
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE t.name IN ('a', 'b')
ORDER BY 1 NULLS LAST

-- name: -%x^%%
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (t.name IS NULL OR NOT (t.name LIKE '%x^%%' ESCAPE '^'))
ORDER BY 1 NULLS LAST

-- name: EMPTY
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (t.name IS NULL OR t.name = '')
ORDER BY 1 NULLS LAST

-- paid: no
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE NOT COALESCE(t.paid, FALSE)
ORDER BY 1 NULLS LAST

-- at_date: 2024-03-10 to 2024-03-11
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (t.at >= TIMESTAMP '2024-03-10 05:00:00' AND t.at < TIMESTAMP '2024-03-11 04:00:00')
ORDER BY 1 NULLS LAST

-- at_date: before 2024-01-01
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE t.at < TIMESTAMP '2024-01-01 05:00:00'
ORDER BY 1 NULLS LAST

-- at_month_name: May
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (TO_CHAR(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)), 'MMMM')) = 'May'
ORDER BY 1 NULLS LAST

-- day_date: last month
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (t.day >= DATE '2024-04-01' AND t.day < DATE '2024-05-01')
ORDER BY 1 NULLS LAST

-- epoch_date: 2024-03-10
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (t.epoch >= 1710046800 AND t.epoch < 1710129600)
ORDER BY 1 NULLS LAST

-- ymd_date: 2024-03-10
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (t.ymd >= 20240310 AND t.ymd < 20240311)
ORDER BY 1 NULLS LAST

-- tier: 1 to 4
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (CASE WHEN t.n < 1 THEN 'Below 1' WHEN t.n < 5 THEN '1 to 4' WHEN t.n IS NOT NULL THEN '5 or Above' ELSE 'Undefined' END) = '1 to 4'
ORDER BY 1 NULLS LAST

-- here: 40 miles from 36.97, -122.03
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE POWER(SIN((t.lat - (36.97)) * 0.017453292519943295 / 2), 2) + COS((36.97) * 0.017453292519943295) * COS(t.lat * 0.017453292519943295) * POWER(SIN((t.lon - (-122.03)) * 0.017453292519943295 / 2), 2) <= 2.5523348879627817e-05
ORDER BY 1 NULLS LAST

-- latest: after 2024-01-01
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
HAVING (CAST(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST((MAX(t.at)) AS TIMESTAMP_NTZ)) AS DATE)) >= DATE '2024-01-01'
ORDER BY 1 NULLS LAST

-- days: >3
SELECT
  COUNT(*) AS "t.count"
FROM t AS t
WHERE (TRUNC(TIMESTAMPDIFF('second', t.at, t.day) / 86400)) > 3
ORDER BY 1 NULLS LAST

-- if(${t.paid}, concat(${t.name}, " ", ${t.id}), substring("abc", 1, 2))
SELECT
  (CASE WHEN COALESCE(t.paid, FALSE) THEN (CAST(t.name AS VARCHAR) || CAST(' ' AS VARCHAR) || CAST(t.id AS VARCHAR)) ELSE SUBSTR('abc', CAST(GREATEST(1, 1) AS BIGINT), CAST(GREATEST(2, 0) AS BIGINT)) END) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- round(mod(${t.id}, 3) / 2, 1) + power(2, 3) * log(10) - ln(2)
SELECT
  ((ROUND((1.0 * MOD(t.id, NULLIF(3, 0)) / NULLIF(2, 0)), 1) + (POWER(2, 3) * (CASE WHEN 10 > 0 THEN LOG(10, 10) END))) - (CASE WHEN 2 > 0 THEN LN(2) END)) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- contains(${t.name}, "x") AND NOT is_null(${t.zip}) OR position("ab", "b") > 0
SELECT
  (((CHARINDEX('x', t.name) > 0) AND (NOT (t.zip IS NULL))) OR (CHARINDEX('b', 'ab') > 0)) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- add_days(3, trunc_months(${t.at_date}))
SELECT
  DATEADD('day', 3, CAST(DATE_TRUNC('month', (CAST(CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)) AS DATE))) AS DATE)) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- diff_months(date(2024, 1, 31), ${t.at_time})
SELECT
  TRUNC(MONTHS_BETWEEN((DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', CAST(t.at AS TIMESTAMP_NTZ)))), DATE_FROM_PARTS(2024, 1, 31)) / 1) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- extract_hours(date_time(2024, 1, 2, 3, 4, 5)) + rand()
SELECT
  (EXTRACT(HOUR FROM TIMESTAMP_NTZ_FROM_PARTS(2024, 1, 2, 3, 4, 5)) + UNIFORM(0::FLOAT, 1::FLOAT, RANDOM())) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST

-- case(when(matches_filter(${t.at_month}, `last month`), 1), 0)
SELECT
  (CASE WHEN ((t.at >= TIMESTAMP '2024-04-01 04:00:00' AND t.at < TIMESTAMP '2024-05-01 04:00:00')) THEN 1 ELSE 0 END) AS "own"
FROM t AS t
GROUP BY 1
ORDER BY 1 NULLS LAST
