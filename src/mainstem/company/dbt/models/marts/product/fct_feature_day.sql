{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "activity_date"], on_schema_change="fail") }}
-- A row is there only where something was told: a server without a row may have been unable to tell.
{%- set mark = company.watermark("built_at") -%}
{%- set floor = company.least_date("select activity_date from " ~ ref("int_user_action_day") ~ (" where built_at > " ~ mark if mark else "")) %}
with told as (
    select *
    from {{ ref("int_user_action_day") }}
    {%- if floor %}
    where activity_date >= {{ floor }}
    {%- endif %}
),

touched as (
    select distinct server_id, activity_date from told
    {{- " where built_at > " ~ mark if mark }}
),

counted as (
    select
        told.server_id,
        told.activity_date,
        planned.metric as feature,
        sum(told.n) as n,
        count(distinct told.user_actual_id) as users
    from told
    inner join touched on touched.server_id = told.server_id and touched.activity_date = told.activity_date
    inner join {{ ref("dim_event_schema") }} as planned on planned.event_name = told.event_name
    group by told.server_id, told.activity_date, planned.metric
)

select
    counted.server_id,
    counted.activity_date,
    counted.feature,
    cast(counted.n as {{ dbt.type_bigint() }}) as n,
    -- Of a sample, people who did little are missing: their number does not scale.
    case when coalesce(era.sample_rate, 1) < 1 then null else counted.users end as users,
    coalesce(era.sample_rate, 1) as sample_rate,
    counted.n / coalesce(era.sample_rate, 1) as n_estimated,
    {{ company.built_now() }} as built_at
from counted
left join {{ ref("dim_sampled_era") }} as era
    on counted.activity_date >= era.first_date
    and counted.activity_date <= era.last_date
