include: "base.view"

view: customers {
  extends: [base]
  derived_table: {
    sql: SELECT * FROM @{SCHEMA}.customers WHERE id NOT IN (SELECT customer_id FROM ${orders.SQL_TABLE_NAME}) ;;
    datagroup_trigger: nightly
  }
  dimension: name { label: "Customer" html: <b>{{ value }}</b> ;; tags: ["person"] }
  dimension: home { type: zipcode required_access_grants: [sees_places] }
}

view: customer_orders {
  derived_table: {
    explore_source: orders {
      column: customer_id { field: orders.id }
      column: revenue { field: orders.revenue }
      derived_column: place { sql: RANK() OVER (ORDER BY revenue DESC) ;; }
      bind_filters: { from_field: customer_orders.seen_date to_field: orders.created_date }
      filters: [orders.status: "PAID"]
      sorts: [orders.revenue: desc]
      limit: 100
    }
  }
  dimension: customer_id { type: number primary_key: yes }
  dimension_group: seen { type: time timeframes: [date] datatype: epoch }
}
