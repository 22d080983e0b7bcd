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
  customers.name AS "customers.name",
  SUM(buyers.place) AS "buyers.chosen"
FROM buyers AS buyers
FULL OUTER JOIN customers AS customers ON buyers.customer_id = customers.id
LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
WHERE regions.name IN ('north', 'south')
GROUP BY 1
ORDER BY 2 DESC NULLS LAST
LIMIT 500
