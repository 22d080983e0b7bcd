SELECT
  DATETIME_TRUNC(DATETIME(CAST(orders.created_at AS TIMESTAMP), 'America/New_York'), SECOND) AS `orders_created_time`,
  CAST(DATETIME(CAST(orders.created_at AS TIMESTAMP), 'America/New_York') AS DATE) AS `orders_created_date`,
  COUNT(*) AS `orders_count`
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
  AND (orders.created_at >= TIMESTAMP '2024-05-16 04:00:00' AND orders.created_at < TIMESTAMP '2024-05-17 04:00:00')
GROUP BY 1, 2
ORDER BY 1 DESC NULLS LAST
LIMIT 500
