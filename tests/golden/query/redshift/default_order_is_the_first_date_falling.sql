SELECT
  CAST(orders.created_at AS DATE) AS "orders.created_date",
  COUNT(*) AS "orders.count"
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
GROUP BY 1
ORDER BY 1 DESC NULLS LAST
LIMIT 500
