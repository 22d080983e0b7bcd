{% if company.is_from("engineering", "jira") -%}
-- The value that a field was created with is no change.
with histories as (
    select
        change._key as id,
        change.issue_id,
        change.field_id as field,
        case change.field_id
            when 'status' then status.name
            when 'project' then project.key
            else change.value
        end as value,
        change."time" as created_at,
        row_number() over (partition by change.issue_id, change.field_id order by change."time") as place,
        change._fivetran_deleted as _deleted
    from {{ ref("base_jira__issue_field_history") }} as change
    left join {{ ref("base_jira__status") }} as status on change.field_id = 'status' and status.id = change.value
    left join {{ ref("base_jira__project") }} as project on change.field_id = 'project' and project.id = change.value
)

select
    id,
    issue_id,
    field,
    value_before as "from",
    value as "to",
    created_at,
    created_at as updated_at,
    _deleted
from (
    select
        histories.*,
        lag(value) over (partition by issue_id, field order by place) as value_before
    from histories
) as told
where place > 1
{% else -%}
{{ known_columns(source("engineering", "issue_changelog"), {
    "id": dbt.type_string(),
    "issue_id": dbt.type_string(),
    "field": dbt.type_string(),
    "from": dbt.type_string(),
    "to": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
