WITH buyers AS (
  SELECT
    *,
    RANK() OVER (ORDER BY orders DESC) AS place
  FROM (
    SELECT
      "orders.customer_id" AS customer_id,
      "orders.count" AS orders
    FROM (
      SELECT
        orders.customer_id AS "orders.customer_id",
        COUNT(*) AS "orders.count"
      FROM shop.orders AS orders
      WHERE (orders.status <> 'test')
        AND (orders.created_at >= TIMESTAMP '2024-04-18 00:00:00' AND orders.created_at < TIMESTAMP '2024-05-18 00:00:00')
      GROUP BY 1
    ) AS answer
  ) AS named
),
customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  CASE WHEN buyers.orders < 1 THEN 'Below 1' WHEN buyers.orders < 5 THEN '1 to 4' WHEN buyers.orders < 10 THEN '5 to 9' WHEN buyers.orders IS NOT NULL THEN '10 or Above' ELSE 'Undefined' END AS "buyers.size",
  COUNT(buyers.customer_id) AS "buyers.count"
FROM buyers AS buyers
FULL OUTER JOIN customers AS customers ON buyers.customer_id = customers.id
LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
WHERE regions.name IN ('north', 'south')
GROUP BY 1
ORDER BY 2 DESC NULLS LAST
LIMIT 500
