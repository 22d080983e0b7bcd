-- The downloads of the mart add up to the distinct messages received. Returns a row when they do not.
select
    received.downloads as received_downloads,
    counted.downloads as counted_downloads
from (
    select count(distinct id) as downloads from {{ ref("base_website__downloads") }}
) as received
cross join (
    select coalesce(sum(downloads), 0) as downloads from {{ ref("fct_daily_site_visitors") }}
) as counted
where received.downloads <> counted.downloads
