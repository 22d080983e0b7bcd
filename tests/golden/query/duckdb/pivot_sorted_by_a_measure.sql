WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
),
grouped AS (
  SELECT
    regions.name AS "regions.name",
    orders.status AS "orders.status",
    COUNT(*) AS "orders.count"
  FROM shop.orders AS orders
  LEFT JOIN customers AS customers ON orders.customer_id = customers.id
  LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
  WHERE (orders.status <> 'test')
  GROUP BY 1, 2
),
scored AS (
  SELECT
    *,
    MAX("orders.count") OVER (PARTITION BY "regions.name") AS "best orders.count"
  FROM grouped
),
ranked AS (
  SELECT
    *,
    DENSE_RANK() OVER (ORDER BY "best orders.count" DESC NULLS LAST, "regions.name" NULLS LAST) AS shown_row,
    DENSE_RANK() OVER (ORDER BY "orders.status" NULLS LAST) - 1 AS shown_column
  FROM scored
)
SELECT
  "regions.name",
  "orders.status",
  "orders.count",
  shown_column
FROM ranked
WHERE shown_row <= 3
ORDER BY shown_row, shown_column
