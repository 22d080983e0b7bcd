{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="visitor_day_id",
    on_schema_change="fail",
) }}
-- A row is a visitor and a day: page views and downloads add up, and distinct visitors are right under any
-- grouping. A click on a download counts as a visit too, also where its page view never arrived. People who
-- refused to be followed, and values that name nobody, share a row a day without a visitor: what they did counts,
-- and they do not. Days of visitors of which anything was loaded are made anew from all of it.
{%- set tables = {"pages": "viewed", "downloads": "clicked"} -%}
{%- set fresh, since = [], {} -%}
{%- for table, verb in tables.items() -%}
  {%- set mark = company.watermark(table ~ "_loaded_at") -%}
  {%- do since.update({table: "loaded_at >= " ~ company.days_before(mark, 1) if mark else "1 = 1"}) -%}
  {%- do fresh.append("select " ~ verb ~ "_date as d from " ~ ref("stg_website__" ~ table) ~ " where " ~ since[table]) -%}
{%- endfor %}
{%- set floor = company.least_date(fresh | join(" union all ")) %}
with actions as (
    {%- for table, verb in tables.items() %}
    select
        case when junk.id_value is null then visitor_id end as visitor_id,
        {{ verb }}_date as visit_date,
        user_id,
        {{ verb }}_at as acted_at,
        campaign_source,
        {{ "page_path" if table == "pages" else "cast(null as " ~ dbt.type_string() ~ ")" }} as page_path,
        {{ 1 if table == "pages" else 0 }} as page_views,
        {{ 1 if table == "downloads" else 0 }} as downloads,
        {%- for other in tables %}
        {{ "loaded_at" if other == table else "cast(null as " ~ company.type_moment() ~ ")" }} as {{ other }}_loaded_at,
        {%- endfor %}
        {{ since[table] }} as is_new
    from {{ ref("stg_website__" ~ table) }}
    left join {{ ref("stg_identity__junk_values") }} as junk
        on junk.id_type = 'anonymous_id'
        and junk.id_value = lower(trim(visitor_id))
    {%- if floor %}
    where {{ verb }}_date >= {{ floor }}
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    coalesce(visitor_id, '') || ':' || cast(visit_date as {{ dbt.type_string() }}) as visitor_day_id,
    visit_date,
    visitor_id,
    count(user_id) > 0 as is_identified,
    cast(sum(page_views) as {{ dbt.type_bigint() }}) as page_views,
    count(distinct page_path) as distinct_pages,
    cast(sum(downloads) as {{ dbt.type_bigint() }}) as downloads,
    min(campaign_source) as campaign_source,
    min(acted_at) as first_seen_at,
    max(acted_at) as last_seen_at,
    max(pages_loaded_at) as pages_loaded_at,
    max(downloads_loaded_at) as downloads_loaded_at
from actions
group by visitor_id, visit_date
having max(case when is_new then 1 else 0 end) = 1
