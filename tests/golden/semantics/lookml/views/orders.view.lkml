include: "base.view"

view: orders {
  extends: [base]
  sql_table_name: @{ORDERS} ;;
  label: "@{noun}s"
  drill_fields: [id, status]

  parameter: unit {
    type: unquoted
    default_value: "cents"
    allowed_value: { label: "Cents" value: "cents" }
    allowed_value: { value: "euros" }
  }
  filter: period { type: date sql: {% condition period %} ${created_raw} {% endcondition %} ;; }

  dimension: status {
    sql: UPPER(${TABLE}.status) ;;
    suggestions: ["PAID", "OPEN"]
    link: { label: "Wiki" url: "https://wiki.example/{{ value }}" }
  }
  dimension: amount {
    type: number
    sql: CASE WHEN '{% parameter unit %}' = 'euros' THEN ${TABLE}.cents / 100 ELSE ${TABLE}.cents END ;;
    value_format_name: usd
  }
  dimension: size { type: tier tiers: [100, 0, 10] style: integer sql: ${amount} ;; }
  dimension: kind {
    case: {
      when: { sql: ${status} = 'PAID' ;; label: "Paid" }
      when: { sql: ${amount} > 100 ;; label: "Large" }
      else: "Rest"
    }
  }
  dimension: place { type: location sql_latitude: ${TABLE}.lat ;; sql_longitude: ${TABLE}.lon ;; }
  dimension: shipped_on { type: date_date sql: ${TABLE}.shipped_at ;; convert_tz: no }
  dimension_group: waiting {
    type: duration
    intervals: [hour, day]
    sql_start: ${created_raw} ;;
    sql_end: ${TABLE}.shipped_at ;;
  }
  measure: revenue { type: sum sql: ${amount} ;; value_format_name: big_money }
  measure: paid_revenue {
    type: sum
    sql: ${amount} ;;
    filters: { field: status value: "PAID" }
    filters: { field: created_date value: "30 days" }
  }
  measure: p90 { type: percentile percentile: 90 sql: ${amount} ;; }
  measure: share { type: percent_of_total sql: ${revenue} ;; direction: "column" }
  measure: statuses { type: list list_field: status }
  measure: mean { type: number sql: ${revenue} / NULLIF(${count}, 0) ;; label_from_parameter: unit }
}
