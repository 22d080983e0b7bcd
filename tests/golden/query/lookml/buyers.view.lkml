view: buyers {
  derived_table: {
    explore_source: orders {
      column: customer_id { field: orders.customer_id }
      column: orders { field: orders.count }
      derived_column: place { sql: RANK() OVER (ORDER BY orders DESC) ;; }
      bind_filters: { from_field: buyers.since to_field: orders.created_date }
    }
  }
  filter: since { type: date }
  parameter: by {
    type: unquoted
    allowed_value: { value: "orders" }
    allowed_value: { value: "place" }
  }

  dimension: customer_id { primary_key: yes type: number }
  dimension: orders { type: number }
  dimension: size {
    type: tier
    tiers: [1, 5, 10]
    style: integer
    sql: ${orders} ;;
  }

  measure: count { type: count }
  measure: chosen { type: sum sql: ${TABLE}.{% parameter by %} ;; }
  measure: running { type: running_total sql: ${count} ;; }
  measure: share { type: percent_of_total sql: ${count} ;; }
}
