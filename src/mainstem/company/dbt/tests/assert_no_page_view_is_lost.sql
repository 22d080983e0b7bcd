-- The page views of the mart add up to the distinct messages received. Returns a row when they do not.
select
    received.page_views as received_page_views,
    counted.page_views as counted_page_views
from (
    select count(distinct id) as page_views from {{ ref("base_website__pages") }}
) as received
cross join (
    select coalesce(sum(page_views), 0) as page_views from {{ ref("fct_daily_site_visitors") }}
) as counted
where received.page_views <> counted.page_views
