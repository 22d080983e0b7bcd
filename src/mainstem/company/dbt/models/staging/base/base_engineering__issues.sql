{% if company.is_from("engineering", "jira") -%}
-- An issue is in the sprint it was put into last; what came in when planning of that sprint was over was added.
with sprint_changes as (
    select
        change.issue_id,
        change.value as sprint_id,
        change."time" as changed_at
    from {{ ref("base_jira__issue_multiselect_history") }} as change
    inner join {{ ref("base_jira__field") }} as field on field.id = change.field_id
    where lower(field.name) = lower('{{ var("jira_fields").sprint }}')
        and not coalesce(change._fivetran_deleted, false)
),

ranked as (
    select
        issue_id,
        sprint_id,
        min(changed_at) over (partition by issue_id, sprint_id) as added_at,
        row_number() over (partition by issue_id order by changed_at desc, length(sprint_id) desc, sprint_id desc) as newness
    from sprint_changes
)

select
    issue.id,
    issue.key,
    project.key as project,
    issue_type.name as "type",
    issue.story_points,
    ranked.sprint_id as sprint,
    status.name as status,
    coalesce(ranked.added_at > {{ dbt.dateadd("hour", var("engineering_planning_hours"), "sprint.start_date") }}, false) as added_after_start,
    issue.created as created_at,
    issue.updated as updated_at,
    issue._deleted
from {{ ref("base_jira__issue") }} as issue
left join {{ ref("base_jira__project") }} as project on project.id = issue.project
left join {{ ref("base_jira__issue_type") }} as issue_type on issue_type.id = issue.issue_type
left join {{ ref("base_jira__status") }} as status on status.id = issue.status
left join ranked on ranked.issue_id = issue.id and ranked.newness = 1
left join {{ ref("base_jira__sprint") }} as sprint on sprint.id = ranked.sprint_id
{% else -%}
{{ known_columns(source("engineering", "issues"), {
    "id": dbt.type_string(),
    "key": dbt.type_string(),
    "project": dbt.type_string(),
    "type": dbt.type_string(),
    "story_points": dbt.type_bigint(),
    "sprint": dbt.type_string(),
    "status": dbt.type_string(),
    "added_after_start": dbt.type_boolean(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
