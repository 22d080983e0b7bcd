{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "activity_date"], on_schema_change="fail") }}
-- What each person did on each day, counted; of the web app, which names the event in `type`, and of the mobile
-- apps, which send an event a name. Everything about features and users comes of these rows, not of events.
{%- set marks = {"webapp": company.watermark("webapp_loaded_at"), "mobile": company.watermark("mobile_loaded_at")} -%}
{%- set fresh = [] -%}
{%- for client, mark in marks.items() -%}
  {%- do fresh.append(
    "select " ~ company.believed_date("acted_at", "received_at") ~ " as d from " ~ ref("stg_" ~ client ~ "__actions")
    ~ (" where loaded_at > " ~ mark if mark else "")
  ) -%}
{%- endfor %}
{%- set floor = company.least_date(fresh | join(" union all ")) %}
with
{% for client in marks %}
{{ client }}_rows as (
    select
        server_id, user_actual_id, event_name, loaded_at,
        {{ company.believed_date("acted_at", "received_at") }} as activity_date
    from {{ ref("stg_" ~ client ~ "__actions") }}
    where server_id is not null and event_name is not null
        {%- if floor %}
        and received_at >= {{ floor }}
        {%- endif %}
),
{% endfor %}
{%- if marks["webapp"] or marks["mobile"] %}
touched as (
    {% for client, mark in marks.items() %}
    select server_id, activity_date from {{ client }}_rows
    {{- " where loaded_at > " ~ mark if mark }}
    {{ "union" if not loop.last }}
    {% endfor %}
),
{% endif %}
actions as (
    {% for client in marks %}
    select
        {{ client }}_rows.server_id, {{ client }}_rows.activity_date,
        {{ client }}_rows.user_actual_id, {{ client }}_rows.event_name,
        {% for other in marks %}{% if other == client %}{{ client }}_rows.loaded_at{% else %}cast(null as {{ company.type_moment() }}){% endif %} as {{ other }}_loaded_at{{ ", " if not loop.last }}{% endfor %}
    from {{ client }}_rows
    {%- if marks["webapp"] or marks["mobile"] %}
    inner join touched
        on touched.server_id = {{ client }}_rows.server_id
        and touched.activity_date = {{ client }}_rows.activity_date
    {%- endif %}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    server_id,
    activity_date,
    user_actual_id,
    event_name,
    count(*) as n,
    max(webapp_loaded_at) as webapp_loaded_at,
    max(mobile_loaded_at) as mobile_loaded_at,
    {{ company.built_now() }} as built_at
from actions
group by server_id, activity_date, user_actual_id, event_name
