view: identity_merge_log {
  sql_table_name: lake.analytics.identity_merge_log ;;
  view_label: "Merges"

  dimension: change_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.previous_person_id || coalesce(${TABLE}.person_id, '') || cast(${TABLE}.changed_at as varchar) ;;
  }

  dimension_group: changed {
    type: time
    timeframes: [time, date, week, month]
    description: "Start of the build that found it."
    sql: ${TABLE}.changed_at ;;
  }

  dimension: change_type {
    label: "Change type"
    type: string
    description: "merged: all ids went; split: some stayed; removed: the ids are nobody's any more."
    sql: ${TABLE}.change_type ;;
  }

  dimension: previous_person_id {
    label: "Previous person ID"
    type: string
    description: "The person that the ids belonged to."
    sql: ${TABLE}.previous_person_id ;;
  }

  dimension: person_id {
    label: "Person ID"
    type: string
    description: "The person that they belong to since."
    sql: ${TABLE}.person_id ;;
  }

  measure: changes {
    type: count
    description: "Times that ids went from one person to another."
    drill_fields: [changed_time, change_type, previous_person_id, person_id, moved_ids]
  }

  measure: moved_ids {
    type: sum
    label: "Moved IDs"
    description: "Ids that went."
    sql: ${TABLE}.n_ids ;;
  }
}
