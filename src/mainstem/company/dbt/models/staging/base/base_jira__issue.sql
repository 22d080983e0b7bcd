{%- set points = var("jira_fields").story_points -%}
select
    id,
    key,
    project,
    issue_type,
    status,
    cast({{ adapter.quote(points) }} as {{ dbt.type_bigint() }}) as story_points,
    created,
    updated,
    _fivetran_deleted as _deleted
from (
{{ known_columns(source("jira", "issue"), {
    "id": dbt.type_string(),
    "key": dbt.type_string(),
    "project": dbt.type_string(),
    "issue_type": dbt.type_string(),
    "status": dbt.type_string(),
    "created": company.type_moment(),
    "updated": company.type_moment(),
    points: dbt.type_numeric(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
) as found
