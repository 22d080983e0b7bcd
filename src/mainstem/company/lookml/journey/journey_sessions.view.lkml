view: journey_sessions {
  label: "Sessions"
  sql_table_name: lake.analytics.fct_session ;;

  dimension: session_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.session_id ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension: person_id {
    label: "Person ID"
    description: "Who visited."
    tags: ["cohort:person"]
    type: string
    sql: ${TABLE}.person_id ;;
  }

  dimension: account_id {
    label: "Account ID"
    description: "Their account in the CRM; empty where none is known."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: visitor_id {
    label: "Visitor ID"
    description: "The browser."
    type: string
    sql: ${TABLE}.visitor_id ;;
  }

  dimension_group: started {
    description: "When the session began."
    type: time
    timeframes: [time, date, week, month, quarter, year]
    sql: ${TABLE}.started_at ;;
  }

  dimension_group: happened {
    hidden: yes
    type: time
    timeframes: [raw, date]
    tags: ["cohort:time"]
    sql: ${TABLE}.started_at ;;
  }

  dimension: session_number {
    label: "Session number"
    description: "Which session of the browser it is."
    type: number
    sql: ${TABLE}.session_number ;;
  }

  dimension: channel {
    description: "What brought them: by utm tags and referrer; direct where nothing says."
    type: string
    sql: ${TABLE}.channel ;;
  }

  dimension: campaign_name {
    label: "Campaign"
    description: "utm_campaign."
    type: string
    sql: ${TABLE}.campaign_name ;;
  }

  dimension: landing_path {
    label: "Landing page"
    description: "First page they saw."
    tags: ["cohort:event"]
    type: string
    sql: ${TABLE}.landing_path ;;
  }

  dimension: is_logged_in {
    label: "Is logged in"
    description: "Whether somebody was logged in."
    type: yesno
    sql: ${TABLE}.is_logged_in ;;
  }

  measure: sessions {
    description: "Visits to the website."
    type: count
    value_format: "#,##0"
  }

  measure: people {
    description: "People who visited, each counted once."
    type: count_distinct
    sql: ${person_id} ;;
    value_format: "#,##0"
  }

  measure: page_views {
    label: "Page views"
    description: "Pages viewed."
    type: sum
    sql: ${TABLE}.page_views ;;
    value_format: "#,##0"
  }

  measure: average_minutes {
    label: "Average minutes"
    description: "Minutes from the first to the last event of a session, on average."
    type: average
    sql: ${TABLE}.duration_seconds / 60.0 ;;
    value_format: "0.0"
  }

  measure: sessions_with_trial {
    label: "Sessions with trial"
    description: "Sessions in which a trial was started."
    type: count
    filters: [has_trial: "yes"]
    value_format: "#,##0"
  }

  dimension: has_trial {
    label: "Has trial"
    description: "Whether a trial was started."
    type: yesno
    sql: ${TABLE}.trials > 0 ;;
  }
}
