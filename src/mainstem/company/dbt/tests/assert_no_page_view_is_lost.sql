-- The page views of the mart add up to the distinct messages received: at least those that were loaded when
-- this run began, at most those that are loaded now. Returns a row when they do not.
select
    at_start.n as received_when_the_run_began,
    counted.page_views as counted_page_views,
    received.page_views as received_page_views
from {{ messages_loaded_at_start(source("website", "pages")) }} as at_start
cross join (
    select count(distinct id) as page_views from {{ ref("base_website__pages") }}
) as received
cross join (
    select coalesce(sum(page_views), 0) as page_views from {{ ref("fct_daily_site_visitors") }}
) as counted
where counted.page_views < at_start.n
    or counted.page_views > received.page_views
