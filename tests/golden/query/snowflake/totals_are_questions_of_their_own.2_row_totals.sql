WITH customers AS (
  SELECT id, name, region_id
  FROM shop.customers
  WHERE id NOT IN (SELECT customer_id FROM shop.banned)
)
SELECT
  regions.name AS "regions.name",
  customers.name AS "customers.name",
  SUM(orders.net + orders.tax) / NULLIF(COUNT(DISTINCT orders.customer_id), 0) AS "orders.revenue_per_customer"
FROM shop.orders AS orders
LEFT JOIN customers AS customers ON orders.customer_id = customers.id
LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
INNER JOIN (
  SELECT DISTINCT "regions.name", "customers.name", "orders.status" FROM (
    WITH customers AS (
      SELECT id, name, region_id
      FROM shop.customers
      WHERE id NOT IN (SELECT customer_id FROM shop.banned)
    ),
    grouped AS (
      SELECT
        regions.name AS "regions.name",
        customers.name AS "customers.name",
        orders.status AS "orders.status",
        SUM(orders.net + orders.tax) / NULLIF(COUNT(DISTINCT orders.customer_id), 0) AS "orders.revenue_per_customer"
      FROM shop.orders AS orders
      LEFT JOIN customers AS customers ON orders.customer_id = customers.id
      LEFT JOIN shop.regions AS regions ON customers.region_id = regions.id
      WHERE (orders.status <> 'test')
      GROUP BY 1, 2, 3
    ),
    ranked AS (
      SELECT
        *,
        DENSE_RANK() OVER (ORDER BY "regions.name" NULLS LAST, "customers.name" NULLS LAST) AS shown_row,
        DENSE_RANK() OVER (ORDER BY "orders.status" NULLS LAST) - 1 AS shown_column
      FROM grouped
    )
    SELECT
      "regions.name",
      "customers.name",
      "orders.status",
      "orders.revenue_per_customer",
      shown_column
    FROM ranked
    WHERE shown_row <= 20
    ORDER BY shown_row, shown_column
  ) AS shown_rows
) AS shown ON regions.name IS NOT DISTINCT FROM shown."regions.name" AND customers.name IS NOT DISTINCT FROM shown."customers.name" AND orders.status IS NOT DISTINCT FROM shown."orders.status"
WHERE (orders.status <> 'test')
GROUP BY 1, 2
ORDER BY 1 NULLS LAST, 2 NULLS LAST
