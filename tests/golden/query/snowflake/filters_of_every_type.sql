WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  COUNT(*) AS "orders.count"
FROM shop.orders AS orders
LEFT JOIN customers AS customers ON orders.customer_id = customers.id
WHERE (orders.status <> 'test')
  AND ((orders.status = 'new' OR (orders.status IS NULL OR orders.status = '')) AND (orders.status IS NULL OR NOT (orders.status LIKE '%x^%%' ESCAPE '^')))
  AND (((orders.net + orders.tax) >= 1 AND (orders.net + orders.tax) < 10) AND ((orders.net + orders.tax) IS NULL OR (orders.net + orders.tax) <> 5))
  AND NOT COALESCE((orders.status IN ('new', 'paid')), FALSE)
  AND ((orders.created_at >= TIMESTAMP '2024-05-11 00:00:00' AND orders.created_at < TIMESTAMP '2024-05-18 00:00:00') OR orders.created_at < TIMESTAMP '2020-05-01 12:00:00')
  AND customers.name = 'O''Hara'
HAVING (SUM(orders.net + orders.tax)) > 100
LIMIT 500
