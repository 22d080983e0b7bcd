SELECT
  orders.status AS `orders_status`,
  SUM(orders.net + orders.tax) AS `orders_revenue`,
  COUNT(*) AS `orders_count`
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
GROUP BY 1
ORDER BY 2 DESC NULLS LAST
LIMIT 500
