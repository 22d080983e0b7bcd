-- A table for each event name, in one.
{% for event in var("mobile_events") %}
select
    actions.*,
    cast('{{ event }}' as {{ dbt.type_string() }}) as event_name
from (
    {{ known_columns(source("mobile", event), company.action_columns()) }}
) as actions
{{ "union all" if not loop.last }}
{% endfor %}
