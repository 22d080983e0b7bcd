-- Those who tell are among those who can, and these among those who run.
select metric, day, n_active, n_capable, n_reporting, seats_active, seats_capable, seats_reporting
from {{ ref("fct_metric_coverage") }}
where n_reporting > n_capable
    or n_capable > n_active
    or n_dark > n_active
    or seats_reporting > seats_capable + 0.001
    or seats_capable > seats_active + 0.001
