WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
),
grouped AS (
  SELECT
    regions.name AS `regions_name`,
    orders.status AS `orders_status`,
    COUNT(*) AS `orders_count`
  FROM shop.orders AS orders
  LEFT JOIN customers AS customers ON orders.customer_id = customers.id
  LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
  WHERE (orders.status <> 'test')
  GROUP BY 1, 2
),
scored AS (
  SELECT
    *,
    MAX(`orders_count`) OVER (PARTITION BY `regions_name`) AS `best orders_count`
  FROM grouped
),
ranked AS (
  SELECT
    *,
    DENSE_RANK() OVER (ORDER BY `best orders_count` DESC NULLS LAST, `regions_name` NULLS LAST) AS shown_row,
    DENSE_RANK() OVER (ORDER BY `orders_status` NULLS LAST) - 1 AS shown_column
  FROM scored
)
SELECT
  `regions_name`,
  `orders_status`,
  `orders_count`,
  shown_column
FROM ranked
WHERE shown_row <= 3
ORDER BY shown_row, shown_column
