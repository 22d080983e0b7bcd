SELECT
  DATE_TRUNC('second', CONVERT_TIMEZONE('UTC', 'America/New_York', orders.created_at)) AS "orders.created_time",
  CAST(CONVERT_TIMEZONE('UTC', 'America/New_York', orders.created_at) AS DATE) AS "orders.created_date",
  COUNT(*) AS "orders.count"
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
  AND (orders.created_at >= TIMESTAMP '2024-05-16 04:00:00' AND orders.created_at < TIMESTAMP '2024-05-17 04:00:00')
GROUP BY 1, 2
ORDER BY 1 DESC NULLS LAST
LIMIT 500
