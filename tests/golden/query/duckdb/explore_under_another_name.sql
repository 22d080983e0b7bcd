WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  buyer.name AS "buyer.name",
  1.0 * COUNT(CASE WHEN ("order".status IN ('new', 'paid')) AND "order".created_at >= TIMESTAMP '2024-01-01 00:00:00' THEN 1 END) / NULLIF(COUNT(*), 0) AS "order.share_open"
FROM shop.orders AS "order"
LEFT JOIN customers AS buyer ON "order".customer_id = buyer.id
GROUP BY 1
ORDER BY 1 NULLS LAST
LIMIT 500
