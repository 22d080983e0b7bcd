{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "month"], on_schema_change="fail") }}
-- Which releases a server ran in a month, and from when to when; a thirtieth of its days.
{%- set mark = company.watermark("built_at") -%}
{%- set floor = company.least_date("select activity_date from " ~ ref("fct_server_day") ~ (" where built_at > " ~ mark if mark else "")) %}
with days as (
    select server_id, activity_date, {{ company.first_of("month", "activity_date") }} as month, version, version_sort, built_at
    from {{ ref("fct_server_day") }}
    {%- if floor %}
    where activity_date >= {{ company.first_of("month", floor) }}
    {%- endif %}
),

touched as (
    select distinct server_id, month from days
    {{- " where built_at > " ~ mark if mark }}
)

select
    days.server_id,
    days.month,
    days.version_sort,
    min(days.version) as version,
    min(days.activity_date) as first_date,
    max(days.activity_date) as last_date,
    {{ company.built_now() }} as built_at
from days
inner join touched on touched.server_id = days.server_id and touched.month = days.month
where days.version_sort is not null
group by days.server_id, days.month, days.version_sort
