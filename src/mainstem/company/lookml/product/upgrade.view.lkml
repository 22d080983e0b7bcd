view: upgrade {
  label: "Upgrades"
  sql_table_name: lake.analytics.fct_upgrade ;;

  dimension: upgrade_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.upgrade_id ;;
  }

  dimension_group: upgraded {
    description: "First day on the new release."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.upgraded_date ;;
  }

  dimension: server_id {
    label: "Server ID"
    description: "The installation's id."
    tags: ["cohort:server"]
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension: from_version {
    label: "From release"
    description: "Release before."
    type: string
    order_by_field: from_version_sort
    sql: ${TABLE}.from_version ;;
  }

  dimension: from_version_sort {
    label: "From version sort"
    description: "The release before, sortable."
    type: number
    sql: ${TABLE}.from_version_sort ;;
  }

  dimension: to_version {
    label: "To release"
    description: "Release after."
    type: string
    order_by_field: to_version_sort
    sql: ${TABLE}.to_version ;;
  }

  dimension: to_version_sort {
    label: "To version sort"
    description: "The release after, sortable."
    type: number
    sql: ${TABLE}.to_version_sort ;;
  }

  dimension: is_downgrade {
    label: "Is downgrade"
    description: "It went back to an older release."
    type: yesno
    sql: ${TABLE}.is_downgrade ;;
  }

  dimension: lag_days {
    label: "Days after the release"
    description: "Days from the release's coming out to the upgrade."
    type: number
    sql: ${TABLE}.lag_days ;;
  }

  measure: upgrades {
    description: "Changes of release."
    type: count
    drill_fields: [server_id, from_version, to_version, upgraded_date, lag_days]
  }

  measure: servers {
    description: "Servers that changed their release, each counted once."
    type: count_distinct
    sql: ${TABLE}.server_id ;;
  }

  measure: median_lag_days {
    label: "Median days after the release"
    description: "Days after the release, in the middle of all upgrades. Servers that never upgrade are missing from it: see speed of upgrades."
    type: median
    sql: ${TABLE}.lag_days ;;
  }
}
