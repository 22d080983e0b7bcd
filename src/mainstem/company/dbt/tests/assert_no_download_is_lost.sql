-- The downloads of the mart add up to the distinct messages received: at least those that were loaded when
-- this run began, at most those that are loaded now. Returns a row when they do not.
select
    at_start.n as received_when_the_run_began,
    counted.downloads as counted_downloads,
    received.downloads as received_downloads
from {{ messages_loaded_at_start(source("website", "download_clicked")) }} as at_start
cross join (
    select count(distinct id) as downloads from {{ ref("base_website__downloads") }}
) as received
cross join (
    select coalesce(sum(downloads), 0) as downloads from {{ ref("fct_daily_site_visitors") }}
) as counted
where counted.downloads < at_start.n
    or counted.downloads > received.downloads
