view: thread_month {
  label: "Threads"
  sql_table_name: lake.analytics.fct_thread_month ;;

  dimension: thread_month_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: CAST(${TABLE}.month AS varchar) ;;
  }

  dimension_group: begun {
    description: "Month in which the threads began, UTC."
    type: time
    timeframes: [month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month ;;
  }

  dimension: reason {
    label: "Why blank"
    description: "Why numbers of the month are blank."
    type: string
    sql: ${TABLE}.reason ;;
  }

  measure: threads {
    description: "Posts with at least one reply, on servers that can tell us."
    type: sum
    sql: ${TABLE}.threads ;;
  }

  measure: replies {
    description: "Replies in these threads."
    type: sum
    sql: ${TABLE}.replies ;;
  }

  measure: replies_per_thread {
    label: "Replies per thread"
    description: "How many replies does a thread get, on servers that can tell us: the mean."
    type: number
    value_format_name: decimal_2
    sql: 1.0 * SUM(${TABLE}.replies) / NULLIF(SUM(${TABLE}.threads), 0) ;;
  }

  measure: median_replies {
    label: "Median replies"
    description: "Half of the threads get no more replies than this, in an average month."
    type: average
    value_format_name: decimal_1
    sql: ${TABLE}.median_replies ;;
  }

  measure: p90_replies {
    label: "Replies of the busiest tenth"
    description: "Nine threads in ten get no more replies than this, in an average month."
    type: average
    value_format_name: decimal_1
    sql: ${TABLE}.p90_replies ;;
  }

  measure: most_concurrent {
    label: "Most threads at once"
    description: "Most threads that went on at once in one channel: with a reply within the hour."
    type: max
    sql: ${TABLE}.most_concurrent ;;
  }

  measure: coverage {
    label: "Share of servers that can tell"
    description: "Share of active servers that can tell us of threads, in an average month."
    type: average
    value_format_name: percent_0
    sql: ${TABLE}.coverage_servers ;;
  }

  measure: servers_that_can_tell {
    label: "Servers that can tell"
    description: "Number of servers that can tell us of threads, in an average month."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_can_tell ;;
  }
}
