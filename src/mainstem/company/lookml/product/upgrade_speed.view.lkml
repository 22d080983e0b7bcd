view: upgrade_speed {
  label: "Speed of upgrades"
  sql_table_name: lake.analytics.fct_upgrade_lag ;;

  dimension: upgrade_lag_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.upgrade_lag_id ;;
  }

  dimension: version {
    label: "Release"
    description: "The release."
    type: string
    order_by_field: version_sort
    sql: ${TABLE}.version ;;
  }

  dimension: version_sort {
    label: "Release, sortable"
    description: "The release as one number that sorts as releases do."
    type: number
    sql: ${TABLE}.version_sort ;;
  }

  dimension_group: released {
    description: "The day it came out."
    type: time
    timeframes: [date, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.release_date ;;
  }

  dimension: days_after {
    label: "Days after the release"
    description: "Days since it came out."
    type: number
    sql: ${TABLE}.lag_days ;;
  }

  measure: share_upgraded {
    label: "Servers that have it"
    description: "Share of servers that ran it or a later one by then, those still waiting included in the count."
    type: max
    value_format_name: percent_0
    sql: ${TABLE}.share_upgraded ;;
  }

  measure: median_days {
    label: "Days until half have it"
    description: "Days until half of all servers had it; blank while fewer have."
    type: max
    sql: ${TABLE}.median_lag_days ;;
  }

  measure: servers_at_risk {
    label: "Servers counted"
    description: "Servers that the share is worked out from."
    type: max
    sql: ${TABLE}.n_at_risk ;;
  }
}
