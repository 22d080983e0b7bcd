WITH grouped AS (
  SELECT
    CAST(orders.created_at AS DATE) AS "orders.created_date",
    orders.status AS "orders.status",
    COUNT(*) AS "orders.count"
  FROM shop.orders AS orders
  WHERE (orders.status <> 'test')
  GROUP BY 1, 2
),
ranked AS (
  SELECT
    *,
    DENSE_RANK() OVER (ORDER BY "orders.created_date" DESC NULLS LAST) AS shown_row,
    DENSE_RANK() OVER (ORDER BY "orders.status" NULLS LAST) - 1 AS shown_column
  FROM grouped
)
SELECT
  "orders.created_date",
  "orders.status",
  "orders.count",
  shown_column
FROM ranked
WHERE shown_row <= 10
ORDER BY shown_row, shown_column
