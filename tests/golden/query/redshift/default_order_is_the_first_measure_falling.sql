SELECT
  orders.status AS "orders.status",
  SUM(orders.net + orders.tax) AS "orders.revenue",
  COUNT(*) AS "orders.count"
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
GROUP BY 1
ORDER BY 2 DESC NULLS LAST
LIMIT 500
