SELECT
  DATE_TRUNC('second', (CAST(orders.created_at AS TIMESTAMP) AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York')) AS "orders.created_time",
  CAST((CAST(orders.created_at AS TIMESTAMP) AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York') AS DATE) AS "orders.created_date",
  COUNT(*) AS "orders.count"
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
  AND (orders.created_at >= TIMESTAMP '2024-05-16 04:00:00' AND orders.created_at < TIMESTAMP '2024-05-17 04:00:00')
GROUP BY 1, 2
ORDER BY 1 DESC NULLS LAST
LIMIT 500
