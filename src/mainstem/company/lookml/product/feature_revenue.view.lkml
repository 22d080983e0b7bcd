view: feature_revenue {
  label: "Feature coverage by revenue"
  sql_table_name: lake.analytics.fct_metric_coverage_month ;;

  dimension: coverage_month_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.coverage_month_id ;;
  }

  dimension: metric {
    label: "Feature"
    description: "What people did: posts, replies, reactions, calls or playbooks."
    type: string
    sql: ${TABLE}.metric ;;
  }

  dimension_group: covered {
    description: "Month, UTC."
    type: time
    timeframes: [month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month ;;
  }

  measure: coverage_arr {
    label: "Coverage by revenue"
    description: "Share of yearly recurring revenue that comes from accounts of which any server told us of the feature."
    type: number
    value_format_name: percent_0
    sql: 1.0 * SUM(${TABLE}.arr_telling_cents) / NULLIF(SUM(${TABLE}.arr_cents), 0) ;;
  }

  measure: accounts_telling {
    label: "Accounts that tell"
    description: "Accounts of which any server told us of the feature, in an average month."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.accounts_telling ;;
  }
}
