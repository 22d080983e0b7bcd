view: arr_movements {
  label: "Changes of ARR"
  sql_table_name: lake.analytics.fct_arr_movement ;;

  dimension: movement_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.movement_id ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension_group: moved {
    label: "Changed"
    description: "Day of the change."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.moved_on ;;
  }

  dimension: movement_type {
    label: "Kind of change"
    description: "new, pays more, pays less, left or came back."
    type: string
    sql: CASE ${TABLE}.movement_type WHEN 'churn' THEN 'left' WHEN 'resurrection' THEN 'came back' WHEN 'expansion' THEN 'pays more' WHEN 'contraction' THEN 'pays less' ELSE ${TABLE}.movement_type END ;;
  }

  dimension: is_late_renewal {
    label: "Is late renewal"
    description: "A renewal signed late: left and came back within days."
    type: yesno
    sql: ${TABLE}.is_late_renewal ;;
  }

  measure: change {
    label: "Change of ARR"
    description: "By how much ARR changed."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.change_cents / 100.0 ;;
  }

  measure: arr_before {
    label: "ARR before"
    description: "ARR the day before."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_before_cents / 100.0 ;;
  }

  measure: arr_after {
    label: "ARR after"
    description: "ARR from that day on."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_after_cents / 100.0 ;;
  }

  measure: changes {
    description: "Number of changes."
    type: count
  }
}
