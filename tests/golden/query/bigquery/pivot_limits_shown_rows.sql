WITH grouped AS (
  SELECT
    CAST(orders.created_at AS DATE) AS `orders_created_date`,
    orders.status AS `orders_status`,
    COUNT(*) AS `orders_count`
  FROM shop.orders AS orders
  WHERE (orders.status <> 'test')
  GROUP BY 1, 2
),
ranked AS (
  SELECT
    *,
    DENSE_RANK() OVER (ORDER BY `orders_created_date` DESC NULLS LAST) AS shown_row,
    DENSE_RANK() OVER (ORDER BY `orders_status` NULLS LAST) - 1 AS shown_column
  FROM grouped
)
SELECT
  `orders_created_date`,
  `orders_status`,
  `orders_count`,
  shown_column
FROM ranked
WHERE shown_row <= 10
ORDER BY shown_row, shown_column
