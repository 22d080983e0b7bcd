include: "*.view.lkml"

explore: issues {
  label: "Issues"
  group_label: "Engineering"
  description: "One row an issue: how long it took from the idea and from the first work, how often it came back."

  join: sprints {
    type: left_outer
    relationship: many_to_one
    sql_on: ${issues.sprint_id} = ${sprints.sprint_id} ;;
  }

  join: issue_statuses {
    type: left_outer
    relationship: one_to_many
    sql_on: ${issues.issue_id} = ${issue_statuses.issue_id} ;;
  }
}

explore: sprints {
  label: "Sprints"
  group_label: "Engineering"
  description: "What each sprint promised, what came on top and what was done before it ended."
}

explore: engineering_days {
  label: "Work by day"
  group_label: "Engineering"
  description: "What waits and what is under way at the end of each day, and what came and was done."
}
