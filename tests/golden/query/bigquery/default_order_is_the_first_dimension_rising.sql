SELECT
  orders.status AS `orders_status`,
  orders.id AS `orders_id`
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
GROUP BY 1, 2
ORDER BY 1 NULLS LAST
