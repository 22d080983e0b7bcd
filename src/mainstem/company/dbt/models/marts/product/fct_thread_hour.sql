{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "activity_date"], on_schema_change="fail") }}
-- Threads that went on at the end of an hour: those with a reply in the sixty minutes before it.
{%- set marks = {"webapp": company.watermark("webapp_loaded_at"), "mobile": company.watermark("mobile_loaded_at")} -%}
{%- set fresh = [] -%}
{%- for client, mark in marks.items() -%}
  {%- do fresh.append(
    "select acted_date as d from " ~ ref("stg_" ~ client ~ "__actions")
    ~ " where root_id is not null and acted_date = " ~ company.believed_date("acted_at", "received_at")
    ~ (" and loaded_at > " ~ mark if mark else "")
  ) -%}
{%- endfor %}
{%- set floor = company.least_date(fresh | join(" union all ")) %}
with replies as (
    {% for client, mark in marks.items() %}
    select
        server_id, channel_id, root_id, acted_date as activity_date,
        {{ dbt.date_trunc("hour", "acted_at") }} as hour_began_at,
        {{ "loaded_at > " ~ mark if mark else "true" }} as is_new,
        {% for other in marks %}{% if other == client %}loaded_at{% else %}cast(null as {{ company.type_moment() }}){% endif %} as {{ other }}_loaded_at{{ ", " if not loop.last }}{% endfor %}
    from {{ ref("stg_" ~ client ~ "__actions") }}
    -- An hour that the clock got wrong says nothing of what went on at once.
    where server_id is not null and root_id is not null
        and acted_date = {{ company.believed_date("acted_at", "received_at") }}
        {%- if floor %}
        and received_at >= {{ floor }}
        {%- endif %}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

touched as (
    select distinct server_id, activity_date from replies where is_new
)

select
    replies.server_id,
    replies.channel_id,
    replies.activity_date,
    replies.hour_began_at,
    cast(count(distinct replies.root_id) as {{ dbt.type_bigint() }}) as concurrent_threads,
    max(case when era.first_date is not null then 1 else 0 end) = 1 as is_sampled,
    max(replies.webapp_loaded_at) as webapp_loaded_at,
    max(replies.mobile_loaded_at) as mobile_loaded_at
from replies
inner join touched on touched.server_id = replies.server_id and touched.activity_date = replies.activity_date
left join {{ ref("dim_sampled_era") }} as era
    on replies.activity_date >= era.first_date
    and replies.activity_date <= era.last_date
group by replies.server_id, replies.channel_id, replies.activity_date, replies.hour_began_at
