SELECT
  orders.created_at AS `orders_created_raw`,
  DATETIME_TRUNC(CAST(orders.created_at AS DATETIME), SECOND) AS `orders_created_time`,
  DATETIME_TRUNC(CAST(orders.created_at AS DATETIME), HOUR) AS `orders_created_hour`,
  CAST(orders.created_at AS DATE) AS `orders_created_date`,
  CAST(DATETIME_TRUNC(CAST(orders.created_at AS DATETIME), ISOWEEK) AS DATE) AS `orders_created_week`,
  FORMAT_DATETIME('%Y-%m', CAST(orders.created_at AS DATETIME)) AS `orders_created_month`,
  FORMAT_DATETIME('%Y-Q%Q', CAST(orders.created_at AS DATETIME)) AS `orders_created_quarter`,
  EXTRACT(YEAR FROM orders.created_at) AS `orders_created_year`
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
  AND (orders.created_at >= TIMESTAMP '2024-04-01 00:00:00' AND orders.created_at < TIMESTAMP '2024-05-01 00:00:00')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY 1 DESC NULLS LAST
LIMIT 500
