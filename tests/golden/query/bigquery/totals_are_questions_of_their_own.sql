WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
),
grouped AS (
  SELECT
    regions.name AS `regions_name`,
    customers.name AS `customers_name`,
    orders.status AS `orders_status`,
    SUM(orders.net + orders.tax) / NULLIF(COUNT(DISTINCT orders.customer_id), 0) AS `orders_revenue_per_customer`
  FROM shop.orders AS orders
  LEFT JOIN customers AS customers ON orders.customer_id = customers.id
  LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
  WHERE (orders.status <> 'test')
  GROUP BY 1, 2, 3
),
ranked AS (
  SELECT
    *,
    DENSE_RANK() OVER (ORDER BY `regions_name` NULLS LAST, `customers_name` NULLS LAST) AS shown_row,
    DENSE_RANK() OVER (ORDER BY `orders_status` NULLS LAST) - 1 AS shown_column
  FROM grouped
)
SELECT
  `regions_name`,
  `customers_name`,
  `orders_status`,
  `orders_revenue_per_customer`,
  shown_column
FROM ranked
WHERE shown_row <= 20
ORDER BY shown_row, shown_column
