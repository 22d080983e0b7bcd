SELECT
  orders.created_at AS "orders.created_raw",
  DATE_TRUNC('second', orders.created_at) AS "orders.created_time",
  DATE_TRUNC('hour', orders.created_at) AS "orders.created_hour",
  CAST(orders.created_at AS DATE) AS "orders.created_date",
  CAST(DATE_TRUNC('week', orders.created_at) AS DATE) AS "orders.created_week",
  TO_CHAR(orders.created_at, 'YYYY-MM') AS "orders.created_month",
  TO_CHAR(orders.created_at, 'YYYY-"Q"Q') AS "orders.created_quarter",
  EXTRACT(YEAR FROM orders.created_at) AS "orders.created_year"
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
  AND (orders.created_at >= TIMESTAMP '2024-04-01 00:00:00' AND orders.created_at < TIMESTAMP '2024-05-01 00:00:00')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY 1 DESC NULLS LAST
LIMIT 500
