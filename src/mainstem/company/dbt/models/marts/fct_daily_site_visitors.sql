-- A row is a visitor and a day: page views add up, and distinct visitors are right under any grouping.
select
    visitor_id || ':' || cast(viewed_date as {{ dbt.type_string() }}) as visitor_day_id,
    viewed_date as visit_date,
    visitor_id,
    count(user_id) > 0 as is_identified,
    count(*) as page_views,
    count(distinct page_path) as distinct_pages,
    min(campaign_source) as campaign_source,
    min(viewed_at) as first_viewed_at,
    max(viewed_at) as last_viewed_at
from {{ ref("stg_website__pages") }}
group by visitor_id, viewed_date
