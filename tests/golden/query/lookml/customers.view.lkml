view: customers {
  derived_table: {
    sql: SELECT id, name, region_id
      FROM shop.customers
      WHERE id NOT IN (SELECT customer_id FROM ${banned.SQL_TABLE_NAME}) ;;
  }
  dimension: id { primary_key: yes type: number }
  dimension: name { type: string }
  dimension: region_id { type: number hidden: yes }
  measure: count { type: count }
  measure: spent { type: sum sql: ${orders.total} ;; }
}

view: banned { sql_table_name: shop.banned ;; }

view: regions {
  sql_table_name: shop.regions ;;
  dimension: id { primary_key: yes type: number }
  dimension: name { type: string }
}

view: items {
  sql_table_name: shop.order_items ;;
  dimension: order_id { type: number }
  dimension: sku { type: string }
  measure: quantity { type: sum sql: ${TABLE}.quantity ;; }
  measure: most { type: max sql: ${TABLE}.quantity ;; }
}
