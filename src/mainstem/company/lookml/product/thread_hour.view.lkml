view: thread_hour {
  label: "Threads by the hour"
  sql_table_name: lake.analytics.fct_thread_hour ;;

  dimension: thread_hour_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.server_id || ':' || COALESCE(${TABLE}.channel_id, '') || ':' || CAST(${TABLE}.hour_began_at AS varchar) ;;
  }

  dimension: server_id {
    label: "Server ID"
    description: "The installation's id."
    tags: ["cohort:server"]
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension: channel_id {
    label: "Channel ID"
    description: "The channel, by the installation's own opaque id."
    type: string
    sql: ${TABLE}.channel_id ;;
  }

  dimension_group: hour_began {
    label: "Hour"
    description: "When the hour began."
    type: time
    timeframes: [time, date, week, month, hour_of_day, day_of_week]
    sql: ${TABLE}.hour_began_at ;;
  }

  dimension: is_sampled {
    label: "Is sampled"
    description: "Clients sent only a sample of their events, so threads are missing."
    type: yesno
    sql: ${TABLE}.is_sampled ;;
  }

  measure: threads_at_once {
    label: "Threads at once"
    description: "Threads with a reply in the hour, in a channel that has any."
    type: average
    value_format_name: decimal_2
    sql: ${TABLE}.concurrent_threads ;;
  }

  measure: thread_hours {
    label: "Threads that went on"
    description: "Threads with a reply in the hour, added up over channels and days."
    type: sum
    sql: ${TABLE}.concurrent_threads ;;
  }

  measure: most_threads_at_once {
    label: "Most threads at once"
    description: "The most threads with a reply in one hour, in one channel."
    type: max
    sql: ${TABLE}.concurrent_threads ;;
  }

  measure: channel_hours {
    label: "Channel hours"
    description: "Hours with a reply, added up over channels."
    type: count
  }
}
