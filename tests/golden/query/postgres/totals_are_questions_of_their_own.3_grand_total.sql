WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  SUM(orders.net + orders.tax) / NULLIF(COUNT(DISTINCT orders.customer_id), 0) AS "orders.revenue_per_customer"
FROM shop.orders AS orders
LEFT JOIN customers AS customers ON orders.customer_id = customers.id
LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
WHERE (orders.status <> 'test')
