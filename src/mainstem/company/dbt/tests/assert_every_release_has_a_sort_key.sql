{{ config(severity="warn") }}
-- A version written as a release that got no sort key would drop out of every ordered chart.
select version
from {{ ref("fct_daily_server_activity") }}
where version_sort is null
    and version not like '%-%'
