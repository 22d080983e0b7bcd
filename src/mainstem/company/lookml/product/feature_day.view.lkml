view: feature_day {
  label: "Features by server and day"
  sql_table_name: lake.analytics.fct_metric_server_day ;;

  dimension: feature_day_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.metric || ':' || ${TABLE}.server_id || ':' || CAST(${TABLE}.activity_date AS varchar) ;;
  }

  dimension: server_id {
    label: "Server ID"
    description: "The installation's id."
    tags: ["cohort:server"]
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension: metric {
    label: "Feature"
    description: "What people did: posts, replies, reactions, calls or playbooks."
    tags: ["cohort:event"]
    type: string
    sql: ${TABLE}.metric ;;
  }

  dimension: can_tell {
    label: "Can tell"
    description: "Whether the server could tell us of the feature that day, and did."
    tags: ["cohort:counts"]
    type: yesno
    sql: ${TABLE}.state = 'capable_reporting' ;;
  }

  dimension: state {
    label: "Why not"
    description: "What can be known: told, silent, too old, removed, refused or unknown."
    type: string
    sql: REPLACE(${TABLE}.state, '_', ' ') ;;
  }

  dimension: is_used {
    label: "Is used"
    description: "Whether somebody used it that day, as far as the server told."
    type: yesno
    sql: COALESCE(${TABLE}.observed, 0) > 0 ;;
  }

  dimension: edition {
    description: "team (free), professional or enterprise."
    type: string
    sql: ${TABLE}.edition ;;
  }

  dimension_group: used {
    label: "Day"
    description: "The day, UTC."
    tags: ["cohort:time"]
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.activity_date ;;
  }

  measure: servers {
    description: "Servers, each counted once."
    type: count_distinct
    sql: ${server_id} ;;
  }

  measure: servers_that_tell {
    label: "Servers that tell"
    description: "Servers that could tell us of it and did, each counted once."
    type: count_distinct
    sql: CASE WHEN ${can_tell} THEN ${server_id} END ;;
  }
}
