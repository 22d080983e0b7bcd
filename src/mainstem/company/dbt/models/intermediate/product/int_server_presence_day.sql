{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "presence_date"], on_schema_change="fail") }}
-- A row is a server and a day on which it is known to have existed: it told of itself that day, or fell silent
-- between two reports, or (never telling anything near that day) asked for a newer release about then.
{%- set reach = var("product_ping_reach_days") | int -%}
{%- set gap = var("product_silent_days") | int -%}
{%- set margin = [reach, gap] | max + 1 -%}
{%- set mark = company.watermark("built_at") -%}
{%- set ping_mark = company.watermark("ping_loaded_at") -%}
{%- set fresh_days = "select activity_date as d from " ~ ref("fct_server_day") ~ (" where built_at > " ~ mark if mark else "") -%}
{%- set fresh_pings = "select " ~ company.believed_date("checked_at", "received_at") ~ " as d from " ~ ref("stg_servers__version_checks") ~ (" where loaded_at > " ~ ping_mark if ping_mark else "") -%}
{%- set floor = company.least_date(fresh_days ~ " union all " ~ fresh_pings) %}
with all_reports as (
    select server_id, activity_date, version_sort, edition, active_users, registered_users, built_at
    from {{ ref("fct_server_day") }}
    {%- if floor %}
    where activity_date >= {{ company.add_days(floor, -2 * margin) }}
    {%- endif %}
),

all_pings as (
    select
        server_id, version_sort, edition, loaded_at,
        {{ company.believed_date("checked_at", "received_at") }} as ping_date,
        row_number() over (
            partition by server_id, {{ company.believed_date("checked_at", "received_at") }}
            order by checked_at desc, message_id desc
        ) as newness,
        max(loaded_at) over (partition by server_id, {{ company.believed_date("checked_at", "received_at") }}) as newest
    from {{ ref("stg_servers__version_checks") }}
    where server_id is not null
        {%- if floor %}
        and received_at >= {{ company.add_days(floor, -2 * margin) }}
        {%- endif %}
),

touched as (
    select
        server_id,
        {{ company.add_days("min(d)", -margin) }} as from_date,
        {{ company.add_days("max(d)", margin) }} as to_date
    from (
        select server_id, activity_date as d from all_reports
        {{- " where built_at > " ~ mark if mark }}
        union all
        select server_id, ping_date from all_pings
        {{- " where loaded_at > " ~ ping_mark if ping_mark }}
    ) as fresh
    group by server_id
),

reports as (
    select
        all_reports.*,
        lead(all_reports.activity_date) over (partition by all_reports.server_id order by all_reports.activity_date) as next_date
    from all_reports
    inner join touched
        on touched.server_id = all_reports.server_id
        and all_reports.activity_date >= {{ company.add_days("touched.from_date", -margin) }}
        and all_reports.activity_date <= {{ company.add_days("touched.to_date", margin) }}
),

pings as (
    select all_pings.*
    from all_pings
    inner join touched
        on touched.server_id = all_pings.server_id
        and all_pings.ping_date >= {{ company.add_days("touched.from_date", -margin) }}
        and all_pings.ping_date <= {{ company.add_days("touched.to_date", margin) }}
    where all_pings.newness = 1
),

signs as (
    select
        server_id, activity_date as presence_date, 1 as rank_of_sign, 0 as distance, activity_date as reported_date,
        version_sort, edition, active_users, registered_users,
        cast(null as {{ company.type_moment() }}) as ping_loaded_at
    from reports

    {% for offset in range(1, gap + 1) %}
    union all

    select
        server_id, {{ company.add_days("activity_date", offset) }}, 2, {{ offset }}, cast(null as date),
        version_sort, edition, cast(null as {{ dbt.type_bigint() }}), registered_users,
        cast(null as {{ company.type_moment() }})
    from reports
    where {{ company.add_days("activity_date", offset) }} < next_date
        and next_date <= {{ company.add_days("activity_date", gap + 1) }}
    {% endfor %}

    {% for offset in range(-reach, reach + 1) %}
    union all

    select
        server_id, {{ company.add_days("ping_date", offset) }}, 3, {{ offset | abs }}, cast(null as date),
        version_sort, edition, cast(null as {{ dbt.type_bigint() }}), cast(null as {{ dbt.type_bigint() }}), newest
    from pings
    {% endfor %}
),

ranked as (
    select
        signs.*,
        row_number() over (partition by server_id, presence_date order by rank_of_sign, distance, version_sort desc) as place,
        max(case when rank_of_sign = 3 and distance = 0 then 1 else 0 end) over (partition by server_id, presence_date) as pinged,
        max(signs.ping_loaded_at) over (partition by server_id, presence_date) as newest_ping,
        max(reported_date) over (partition by server_id order by presence_date) as report_before,
        min(reported_date) over (partition by server_id order by presence_date desc) as report_after
    from signs
),

named as (
    select
        ranked.*,
        case
            when rank_of_sign = 1 then 'reported'
            when rank_of_sign = 2 then 'silent'
            when report_before >= {{ company.add_days("presence_date", -gap) }} then 'silent'
            when report_after <= {{ company.add_days("presence_date", gap) }} then 'silent'
            else 'dark'
        end as signal
    from ranked
    where place = 1
)

select
    named.server_id,
    named.presence_date,
    named.signal,
    named.signal in ('reported', 'dark') or named.pinged = 1 as is_active,
    named.pinged = 1 as is_pinged,
    named.version_sort,
    named.edition,
    named.active_users,
    named.registered_users,
    named.newest_ping as ping_loaded_at,
    {{ company.built_now() }} as built_at
from named
inner join touched
    on touched.server_id = named.server_id
    and named.presence_date >= touched.from_date
    and named.presence_date <= touched.to_date
