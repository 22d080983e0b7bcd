SELECT
  orders.status AS "orders.status",
  orders.id AS "orders.id"
FROM shop.orders AS orders
WHERE (orders.status <> 'test')
GROUP BY 1, 2
ORDER BY 1 NULLS LAST
