{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="day", on_schema_change="fail") }}
-- depends_on: {{ ref('int_server_presence_day') }}, {{ ref('fct_feature_day') }}
-- How much of the fleet a number speaks for. Days are made anew when anything of them was loaded, and when a
-- server they hold came to be counted or left out.
{%- set mark = company.watermark("built_at") %}
with
{% if mark %}
touched as (
    select presence_date as day from {{ ref("int_server_presence_day") }} where built_at > {{ mark }}
    union
    select activity_date from {{ ref("fct_feature_day") }} where built_at > {{ mark }}
    union
    select presence.presence_date
    from {{ ref("int_server_presence_day") }} as presence
    inner join {{ ref("dim_server") }} as changed
        on changed.server_id = presence.server_id
        and changed.changed_at > {{ mark }}
),
{% endif %}
active as (
    select
        daily.metric,
        daily.activity_date as day,
        daily.server_id,
        daily.state,
        daily.signal,
        daily.edition,
        coalesce(daily.registered_users, server.registered_users) as seats
    from {{ ref("fct_metric_server_day") }} as daily
    inner join {{ ref("dim_server") }} as server
        on server.server_id = daily.server_id
        and not server.is_excluded
    {%- if mark %}
    inner join touched on touched.day = daily.activity_date
    {%- endif %}
    where daily.is_active
),

weighed as (
    select
        *,
        -- One that never told how many people it has stands for the average of its edition that day.
        coalesce(
            seats,
            avg(seats) over (partition by metric, day, edition),
            avg(seats) over (partition by metric, day)
        ) as weight
    from active
),

counted as (
    select
        metric,
        day,
        count(*) as n_active,
        sum(case when state in ('capable_reporting', 'capable_silent', 'opted_out') then 1 else 0 end) as n_capable,
        sum(case when state = 'capable_reporting' then 1 else 0 end) as n_reporting,
        sum(case when signal = 'dark' then 1 else 0 end) as n_dark,
        sum(weight) as seats_active,
        sum(case when state in ('capable_reporting', 'capable_silent', 'opted_out') then weight else 0 end) as seats_capable,
        sum(case when state = 'capable_reporting' then weight else 0 end) as seats_reporting
    from weighed
    group by metric, day
)

select
    metric,
    day,
    cast(n_active as {{ dbt.type_bigint() }}) as n_active,
    cast(n_capable as {{ dbt.type_bigint() }}) as n_capable,
    cast(n_reporting as {{ dbt.type_bigint() }}) as n_reporting,
    cast(n_dark as {{ dbt.type_bigint() }}) as n_dark,
    seats_active,
    seats_capable,
    seats_reporting,
    1.0 * n_reporting / n_active as coverage_servers,
    seats_reporting / nullif(seats_active, 0) as coverage_seats,
    {{ company.built_now() }} as built_at
from counted
