WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  items.sku AS "items.sku",
  COUNT(DISTINCT orders.id) AS "orders.count",
  COUNT(DISTINCT CASE WHEN (orders.status IN ('new', 'paid')) AND orders.created_at >= TIMESTAMP '2024-01-01 00:00:00' THEN orders.id END) AS "orders.open_count",
  COUNT(DISTINCT orders.customer_id) AS "orders.customers",
  COUNT(DISTINCT customers.id) AS "customers.count",
  SUM(items.quantity) AS "items.quantity"
FROM shop.orders AS orders
LEFT JOIN customers AS customers ON orders.customer_id = customers.id
INNER JOIN shop.order_items AS items ON items.order_id = orders.id
WHERE (orders.status <> 'test')
GROUP BY 1
ORDER BY 2 DESC NULLS LAST
LIMIT 500
