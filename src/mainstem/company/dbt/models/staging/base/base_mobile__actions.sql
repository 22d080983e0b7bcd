-- A table for each event name, in one.
{% for event in var("mobile_events") %}
select
    actions.*,
    cast('{{ event }}' as {{ dbt.type_string() }}) as event_name
from (
    {{ known_columns(source("mobile", event), {
        "id": dbt.type_string(),
        "user_id": dbt.type_string(),
        "timestamp": company.type_moment(),
        "received_at": company.type_moment(),
        "uuid_ts": company.type_moment(),
        "category": dbt.type_string(),
        "user_actual_id": dbt.type_string(),
        "post_id": dbt.type_string(),
        "root_id": dbt.type_string(),
        "channel_id": dbt.type_string(),
    }) }}
) as actions
{{ "union all" if not loop.last }}
{% endfor %}
