# What every table has.
view: base {
  extension: required
  dimension: id { primary_key: yes type: number hidden: yes }
  dimension_group: created {
    type: time
    timeframes: [raw, time, date, week, month, quarter, year, hour_of_day, day_of_week, fiscal_quarter]
    sql: ${TABLE}.created_at ;;
  }
  set: detail { fields: [id, created_date] }
  measure: count { type: count drill_fields: [detail*] }
}
