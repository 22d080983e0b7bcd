{% if company.is_from("engineering", "jira") -%}
select
    sprint.id,
    sprint.name,
    project.key as project,
    sprint.start_date as start_at,
    sprint.end_date as end_at,
    cast(null as {{ company.type_moment() }}) as updated_at,
    sprint._fivetran_deleted as _deleted
from {{ ref("base_jira__sprint") }} as sprint
left join (
    select
        board_id,
        min(project_id) as project_id
    from {{ ref("base_jira__project_board") }}
    group by board_id
) as board on board.board_id = sprint.board_id
left join {{ ref("base_jira__project") }} as project on project.id = board.project_id
{% else -%}
{{ known_columns(source("engineering", "sprints"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "project": dbt.type_string(),
    "start_at": company.type_moment(),
    "end_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
