{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "root_id"], on_schema_change="fail") }}
-- A thread is a post with at least one reply. A thread that gets another reply is made anew from all of them.
{%- set marks = {"webapp": company.watermark("webapp_loaded_at"), "mobile": company.watermark("mobile_loaded_at")} -%}
{%- set fresh = [] -%}
{%- for client, mark in marks.items() -%}
  {%- if mark -%}
    {%- do fresh.append(
      "select coalesce(min(held.first_reply_date), min(" ~ company.believed_date("told.acted_at", "told.received_at") ~ ")) as d from "
      ~ ref("stg_" ~ client ~ "__actions") ~ " as told left join " ~ this
      ~ " as held on held.server_id = told.server_id and held.root_id = told.root_id where told.root_id is not null and told.loaded_at > " ~ mark
      ~ " group by told.server_id, told.root_id"
    ) -%}
  {%- else -%}
    {%- do fresh.append("select cast('1970-01-01' as date) as d") -%}
  {%- endif -%}
{%- endfor %}
{%- set floor = company.least_date(fresh | join(" union all ")) %}
with
{% for client in marks %}
{{ client }}_replies as (
    select
        server_id, root_id, channel_id, user_actual_id, loaded_at,
        coalesce(post_id, action_id) as reply_id,
        case when {{ company.believed_date("acted_at", "received_at") }} = acted_date then acted_at else received_at end as replied_at
    from {{ ref("stg_" ~ client ~ "__actions") }}
    where server_id is not null and root_id is not null
        {%- if floor %}
        and received_at >= {{ floor }}
        {%- endif %}
),
{% endfor %}
touched as (
    {% for client, mark in marks.items() %}
    select server_id, root_id from {{ client }}_replies
    {{- " where loaded_at > " ~ mark if mark }}
    {{ "union" if not loop.last }}
    {% endfor %}
),

replies as (
    {% for client in marks %}
    select
        told.server_id, told.root_id, told.channel_id, told.user_actual_id, told.reply_id, told.replied_at,
        {% for other in marks %}{% if other == client %}told.loaded_at{% else %}cast(null as {{ company.type_moment() }}){% endif %} as {{ other }}_loaded_at{{ ", " if not loop.last }}{% endfor %}
    from {{ client }}_replies as told
    inner join touched on touched.server_id = told.server_id and touched.root_id = told.root_id
    {{ "union all" if not loop.last }}
    {% endfor %}
),

threads as (
    select
        server_id,
        root_id,
        min(channel_id) as channel_id,
        min(replied_at) as first_reply_at,
        max(replied_at) as last_reply_at,
        count(distinct reply_id) as replies,
        count(distinct user_actual_id) as people,
        max(webapp_loaded_at) as webapp_loaded_at,
        max(mobile_loaded_at) as mobile_loaded_at
    from replies
    group by server_id, root_id
)

select
    threads.server_id || ':' || threads.root_id as thread_id,
    threads.server_id,
    threads.root_id,
    threads.channel_id,
    threads.first_reply_at,
    threads.last_reply_at,
    {{ company.utc_date("threads.first_reply_at") }} as first_reply_date,
    {{ company.utc_date("threads.last_reply_at") }} as last_reply_date,
    cast(threads.replies as {{ dbt.type_bigint() }}) as replies,
    cast(threads.people as {{ dbt.type_bigint() }}) as people,
    -- Of a thread that lay in a sampled era some replies are missing, and nobody knows which.
    exists (
        select 1 from {{ ref("dim_sampled_era") }} as era
        where {{ company.utc_date("threads.first_reply_at") }} <= era.last_date
            and {{ company.utc_date("threads.last_reply_at") }} >= era.first_date
    ) as is_sampled,
    threads.webapp_loaded_at,
    threads.mobile_loaded_at,
    {{ company.built_now() }} as built_at
from threads
