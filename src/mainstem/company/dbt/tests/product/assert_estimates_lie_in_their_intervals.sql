-- A published total has an interval around it that holds what was told; a naive number is never published.
select metric, month, method, observed, estimate, ci_low, ci_high, reason
from {{ ref("fct_metric_estimate") }}
where (publishable and method in ('post_stratified', 'post_stratified_by_users', 'weighted')
        and not (ci_low <= estimate and estimate <= ci_high))
    or (publishable and method = 'naive')
    or (publishable = (reason is not null))
