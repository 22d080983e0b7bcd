{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "activity_date"], on_schema_change="fail") }}
-- A row is a server and a day of which it told anything, as it last told it. Days that are touched by newly
-- loaded reports are made anew from all their reports, so the order in which these come does not matter.
{%- set marks = {} -%}
{%- for source in ["server", "activity", "license"] -%}
  {%- do marks.update({source: company.watermark(source ~ "_loaded_at")}) -%}
{%- endfor %}
{%- set fresh = [] -%}
{%- for source, mark in marks.items() -%}
  {%- do fresh.append(
    "select " ~ company.believed_date("reported_at", "received_at") ~ " as d from " ~ ref("stg_servers__" ~ source)
    ~ (" where loaded_at > " ~ mark if mark else "")
  ) -%}
{%- endfor %}
{%- set floor = company.least_date(fresh | join(" union all ")) %}
with
{% for source, mark in marks.items() %}
{{ source }}_rows as (
    select
        *,
        {{ company.believed_date("reported_at", "received_at") }} as activity_date
    from {{ ref("stg_servers__" ~ source) }}
    where server_id is not null
        {%- if floor %}
        and received_at >= {{ floor }}
        {%- endif %}
),
{% endfor %}
touched as (
    {% for source, mark in marks.items() %}
    select server_id, activity_date from {{ source }}_rows
    {{- " where loaded_at > " ~ mark if mark }}
    {{ "union" if not loop.last }}
    {% endfor %}
),
{% for source in marks %}
{{ source }}_of_day as (
    select
        rows_of_day.*,
        row_number() over (
            partition by rows_of_day.server_id, rows_of_day.activity_date
            order by rows_of_day.reported_at desc, rows_of_day.message_id desc
        ) as newness,
        count(*) over (partition by rows_of_day.server_id, rows_of_day.activity_date) as reports,
        max(rows_of_day.loaded_at) over (partition by rows_of_day.server_id, rows_of_day.activity_date) as newest
    from {{ source }}_rows as rows_of_day
    inner join touched
        on touched.server_id = rows_of_day.server_id
        and touched.activity_date = rows_of_day.activity_date
),
{% endfor %}
last_told as (
    select
        touched.server_id,
        touched.activity_date,
        server_of_day.version,
        server_of_day.version_sort,
        server_of_day.edition,
        server_of_day.database_type,
        server_of_day.operating_system,
        server_of_day.installation_type,
        license_of_day.licence_id,
        activity_of_day.active_users,
        activity_of_day.registered_users,
        coalesce(server_of_day.reports, 0) as reports,
        server_of_day.newest as server_loaded_at,
        activity_of_day.newest as activity_loaded_at,
        license_of_day.newest as license_loaded_at
    from touched
    {% for source in marks %}
    left join {{ source }}_of_day
        on {{ source }}_of_day.server_id = touched.server_id
        and {{ source }}_of_day.activity_date = touched.activity_date
        and {{ source }}_of_day.newness = 1
    {% endfor %}
)

select
    server_id || ':' || cast(activity_date as {{ dbt.type_string() }}) as server_day_id,
    server_id,
    activity_date,
    version,
    version_sort,
    edition,
    database_type,
    operating_system,
    installation_type,
    licence_id,
    active_users,
    registered_users,
    reports,
    server_loaded_at,
    activity_loaded_at,
    license_loaded_at,
    {{ company.built_now() }} as built_at
from last_told
