WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  UPPER(SUBSTR(customers.name, CAST(GREATEST(1, 1) AS BIGINT), CAST(GREATEST(1, 0) AS BIGINT))) AS "first_letter",
  COUNT(CASE WHEN (orders.net + orders.tax) > 100 THEN 1 END) AS "large_orders"
FROM shop.orders AS orders
LEFT JOIN customers AS customers ON orders.customer_id = customers.id
WHERE (orders.status <> 'test')
  AND (((orders.net + orders.tax) > 0) AND (NOT (customers.name IS NULL)))
GROUP BY 1
ORDER BY 2 DESC NULLS LAST
LIMIT 500
