WITH buyers AS (
  SELECT
    *,
    RANK() OVER (ORDER BY orders DESC) AS place
  FROM (
    SELECT
      `orders_customer_id` AS customer_id,
      `orders_count` AS orders
    FROM (
      SELECT
        orders.customer_id AS `orders_customer_id`,
        COUNT(*) AS `orders_count`
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
  CASE WHEN buyers.orders < 1 THEN 'Below 1' WHEN buyers.orders < 5 THEN '1 to 4' WHEN buyers.orders < 10 THEN '5 to 9' WHEN buyers.orders IS NOT NULL THEN '10 or Above' ELSE 'Undefined' END AS `buyers_size`,
  COUNT(buyers.customer_id) AS `buyers_running`,
  COUNT(buyers.customer_id) AS `buyers_share`
FROM buyers AS buyers
FULL OUTER JOIN customers AS customers ON buyers.customer_id = customers.id
LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
WHERE regions.name IN ('north', 'south')
GROUP BY 1
ORDER BY MIN(CASE WHEN buyers.orders < 1 THEN 0 WHEN buyers.orders < 5 THEN 1 WHEN buyers.orders < 10 THEN 2 WHEN buyers.orders IS NOT NULL THEN 3 ELSE 4 END) NULLS LAST
LIMIT 500
