-- A row is a visitor and a day: page views and downloads add up, and distinct visitors are right under any
-- grouping. A click on a download counts as a visit too, also where its page view never arrived. People who
-- refused to be followed share a row a day without a visitor: what they did counts, and they do not.
with actions as (
    select visitor_id, viewed_date as visit_date, user_id, viewed_at as acted_at, campaign_source,
        page_path, 1 as page_views, 0 as downloads
    from {{ ref("stg_website__pages") }}

    union all

    select visitor_id, clicked_date, user_id, clicked_at, campaign_source,
        cast(null as {{ dbt.type_string() }}), 0, 1
    from {{ ref("stg_website__downloads") }}
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
    max(acted_at) as last_seen_at
from actions
group by visitor_id, visit_date
