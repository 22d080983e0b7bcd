{{ config(materialized="view") }}
-- Whether a metric can be known of a server on a day, and if not, why. A view, since there is a row for every
-- metric, server and day.
select metric, server_id, activity_date as day, state, is_active
from {{ ref("fct_metric_server_day") }}
