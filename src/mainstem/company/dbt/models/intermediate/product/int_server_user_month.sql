{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "month"], on_schema_change="fail") }}
-- People who did anything on a server in a month, each once.
{%- set mark = company.watermark("built_at") -%}
{%- set floor = company.least_date("select activity_date from " ~ ref("int_user_action_day") ~ (" where built_at > " ~ mark if mark else "")) %}
with told as (
    select server_id, user_actual_id, {{ company.first_of("month", "activity_date") }} as month, built_at
    from {{ ref("int_user_action_day") }}
    {%- if floor %}
    where activity_date >= {{ company.first_of("month", floor) }}
    {%- endif %}
),

touched as (
    select distinct server_id, month from told
    {{- " where built_at > " ~ mark if mark }}
)

select
    told.server_id,
    told.month,
    cast(count(distinct told.user_actual_id) as {{ dbt.type_bigint() }}) as users,
    {{ company.built_now() }} as built_at
from told
inner join touched on touched.server_id = told.server_id and touched.month = told.month
group by told.server_id, told.month
