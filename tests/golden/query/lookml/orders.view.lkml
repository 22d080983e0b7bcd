view: orders {
  sql_table_name: shop.orders ;;

  dimension: id {
    primary_key: yes
    type: number
    value_format_name: id
  }
  dimension: customer_id {
    type: number
    hidden: yes
  }
  dimension: status { type: string }
  dimension: is_open {
    type: yesno
    sql: ${status} IN ('new', 'paid') ;;
  }
  dimension_group: created {
    type: time
    timeframes: [raw, time, hour, date, week, month, quarter, year]
    datatype: timestamp
    sql: ${TABLE}.created_at ;;
  }
  dimension: total {
    type: number
    sql: ${TABLE}.net + ${TABLE}.tax ;;
    value_format: "$#,##0.00"
  }

  measure: count { type: count }
  measure: open_count {
    type: count
    filters: [is_open: "yes", created_date: "after 2024-01-01"]
  }
  measure: revenue {
    type: sum
    sql: ${total} ;;
    value_format_name: usd
  }
  measure: customers { type: count_distinct sql: ${customer_id} ;; }
  measure: revenue_per_customer {
    type: number
    sql: ${revenue} / NULLIF(${customers}, 0) ;;
    value_format_name: usd_0
  }
  measure: share_open {
    type: number
    sql: 1.0 * ${open_count} / NULLIF(${orders.count}, 0) ;;
    value_format_name: percent_1
  }
}
