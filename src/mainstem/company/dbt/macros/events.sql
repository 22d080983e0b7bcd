{# Columns of every event table in RudderStack's schema that models read, with `more` of one table, by SQL type. #}
{% macro event_columns(more={}) %}
  {%- set columns = {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
  } -%}
  {%- do columns.update(more) -%}
  {{ return(columns) }}
{% endmacro %}

{# The same of an event that says where on the website it happened and what led there. #}
{% macro visit_columns(more={}) %}
  {%- set columns = company.event_columns({
    "context_campaign_source": dbt.type_string(),
    "context_campaign_medium": dbt.type_string(),
    "context_campaign_name": dbt.type_string(),
    "context_page_referrer": dbt.type_string(),
    "context_referrer": dbt.type_string(),
    "path": dbt.type_string(),
  }) -%}
  {%- do columns.update(more) -%}
  {{ return(columns) }}
{% endmacro %}

{# The same of something that somebody did in the product. #}
{% macro action_columns(more={}) %}
  {%- set columns = company.event_columns({
    "category": dbt.type_string(),
    "user_actual_id": dbt.type_string(),
    "post_id": dbt.type_string(),
    "root_id": dbt.type_string(),
    "channel_id": dbt.type_string(),
  }) -%}
  {%- do columns.update(more) -%}
  {{ return(columns) }}
{% endmacro %}

{# The rows of an event table that the model does not hold yet, each message once, with `moment`: when it happened. #}
{% macro new_events(relation, this_key, moment) -%}
(
    select
        fresh.*,
        {{ company.occurred_at('fresh."timestamp"', "fresh.received_at") }} as {{ moment }}
    from {{ company.new_rows(relation, this_key) }} as fresh
)
{%- endmacro %}

{# Fields of a staged event: who did it on the website; what led there; when it happened, came and was loaded. #}
{% macro visitor_fields() -%}
    {{ company.visitor_id("anonymous_id", "user_id") }} as visitor_id,
    anonymous_id,
    user_id
{%- endmacro %}

{% macro origin_fields() -%}
    path as page_path,
    context_campaign_source as campaign_source,
    context_campaign_medium as campaign_medium,
    context_campaign_name as campaign_name,
    coalesce(context_page_referrer, context_referrer) as referrer
{%- endmacro %}

{% macro time_fields(moment, day) -%}
    {{ moment }},
    {{ company.utc_date(moment) }} as {{ day }},
    received_at,
    loaded_at
{%- endmacro %}

{# A whole staged model of what people do in the product, whichever clients told it. #}
{% macro staged_actions(relation, event_name) -%}
select
    id as action_id,
    user_id as server_id,
    user_actual_id,
    {{ event_name }} as event_name,
    category,
    post_id,
    root_id,
    channel_id,
    {{ company.time_fields("acted_at", "acted_date") }}
from {{ company.new_events(relation, "action_id", "acted_at") }} as actions
{%- endmacro %}
