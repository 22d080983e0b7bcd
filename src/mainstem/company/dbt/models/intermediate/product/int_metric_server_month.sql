{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "month"], on_schema_change="fail") }}
-- A metric on a server over a month: what it told, and for how many of the days on which it told anything the
-- metric could be told.
{%- set mark = company.watermark("built_at") -%}
{%- set presence_days = "select presence_date as d from " ~ ref("int_server_presence_day") ~ (" where built_at > " ~ mark if mark else "") -%}
{%- set feature_days = "select activity_date as d from " ~ ref("fct_feature_day") ~ (" where built_at > " ~ mark if mark else "") -%}
{%- set floor = company.least_date(presence_days ~ " union all " ~ feature_days) %}
with
{% if mark %}
touched as (
    select server_id, {{ company.first_of("month", "presence_date") }} as month
    from {{ ref("int_server_presence_day") }} where built_at > {{ mark }}
    union
    select server_id, {{ company.first_of("month", "activity_date") }}
    from {{ ref("fct_feature_day") }} where built_at > {{ mark }}
),
{% endif %}
daily as (
    select
        days.*,
        {{ company.first_of("month", "days.activity_date") }} as month
    from {{ ref("fct_metric_server_day") }} as days
    {%- if mark %}
    inner join touched
        on touched.server_id = days.server_id
        and touched.month = {{ company.first_of("month", "days.activity_date") }}
    {%- endif %}
    where days.signal = 'reported'
        {%- if floor %}
        and days.activity_date >= {{ company.first_of("month", floor) }}
        {%- endif %}
)

select
    server_id,
    month,
    metric,
    count(*) as days_reported,
    cast(sum(case when state = 'capable_reporting' then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_capable,
    cast(sum(active_users) as {{ dbt.type_bigint() }}) as user_days,
    cast(sum(case when state = 'capable_reporting' then active_users end) as {{ dbt.type_bigint() }}) as user_days_capable,
    cast(sum(observed) as {{ dbt.type_bigint() }}) as observed,
    sum(value) as value,
    -- Of a count told at a rate p, n / p varies by n (1 − p) / p².
    sum(observed * (1 - sample_rate) / (sample_rate * sample_rate)) as sampling_variance,
    {{ company.built_now() }} as built_at
from daily
group by server_id, month, metric
