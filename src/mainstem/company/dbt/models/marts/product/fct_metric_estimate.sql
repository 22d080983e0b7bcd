-- What a metric came to in a month over all active servers that count, and how far that is known. docs/coverage.md
-- gives the formulas.
{%- set t = company.interval_t("methods.df") %}
with units as (
    select * from {{ ref("int_metric_unit_month") }}
),

fleet as (
    select
        month,
        sum(n_estimated) as n_active,
        sum(n_told) as n_told,
        sum(n_seen) as n_seen,
        sum(variance) as variance,
        min(n_both) as least_overlap
    from (
        select distinct month, edition_group, n_estimated, n_told, n_seen, variance, n_both
        from {{ ref("int_active_servers_month") }}
    ) as editions
    group by month
),

cells as (
    select
        month,
        metric,
        cell,
        sum(weight) as servers,
        sum(case when can_tell then 1 else 0 end) as n,
        sum(weight * user_days) as all_user_days,
        sum(case when can_tell then user_days end) as user_days,
        sum(value) as value,
        avg(value) as mean_value,
        coalesce(var_samp(value), 0) as spread,
        coalesce(sum(sampling_variance), 0) as sampling_variance
    from units
    group by month, metric, cell
),

predicted as (
    select
        units.*,
        cells.mean_value,
        cells.value / nullif(cells.user_days, 0) as rate,
        -- Without any active user there is nothing to relate to, and the mean stands.
        case when cells.user_days > 0 then cells.value / cells.user_days * units.user_days else cells.mean_value end as by_users
    from units
    inner join cells on cells.month = units.month and cells.metric = units.metric and cells.cell = units.cell
),

residuals as (
    select month, metric, cell, sum(power(value - by_users, 2)) / nullif(count(*) - 1, 0) as spread
    from predicted
    where can_tell
    group by month, metric, cell
),

cell_parts as (
    select
        cells.month,
        cells.metric,
        cells.n,
        cells.servers,
        cells.servers * cells.mean_value as by_mean,
        power(cells.servers, 2) * greatest(0, 1 - cells.n / cells.servers) * cells.spread / cells.n
            + cells.servers / cells.n * cells.sampling_variance as mean_variance,
        case when cells.user_days > 0 then cells.all_user_days * cells.value / cells.user_days else cells.servers * cells.mean_value end as by_users,
        case
            when cells.user_days > 0
                then power(cells.all_user_days / cells.user_days, 2) * cells.n * greatest(0, 1 - cells.n / cells.servers) * coalesce(residuals.spread, 0)
                    + cells.all_user_days / cells.user_days * cells.sampling_variance
            else power(cells.servers, 2) * greatest(0, 1 - cells.n / cells.servers) * cells.spread / cells.n
                + cells.servers / cells.n * cells.sampling_variance
        end as users_variance
    from cells
    left join residuals
        on residuals.month = cells.month and residuals.metric = cells.metric and residuals.cell = cells.cell
    where cells.n > 0
),

summed as (
    select
        month,
        metric,
        sum(by_mean) as by_mean,
        sum(mean_variance) as mean_variance,
        sum(power(mean_variance, 2) / greatest(n - 1, 1)) as mean_squares,
        sum(by_users) as by_users,
        sum(users_variance) as users_variance,
        sum(power(users_variance, 2) / greatest(n - 1, 1)) as users_squares,
        power(sum(servers), 2) / sum(power(servers, 2) / n) as n_eff
    from cell_parts
    group by month, metric
),

-- Servers that send no telemetry are as those that do, on average: their number and kind are estimated.
groups as (
    select
        predicted.month,
        predicted.metric,
        predicted.edition_group,
        avg(predicted.mean_value) as mean_by_mean,
        avg(predicted.by_users) as mean_by_users
    from predicted
    group by predicted.month, predicted.metric, predicted.edition_group
),

unknown_number as (
    select
        groups.month,
        groups.metric,
        sum(power(groups.mean_by_mean, 2) * active.variance) as of_mean,
        sum(power(groups.mean_by_users, 2) * active.variance) as of_users
    from groups
    inner join (
        select distinct month, edition_group, variance from {{ ref("int_active_servers_month") }}
    ) as active
        on active.month = groups.month and active.edition_group = groups.edition_group
    group by groups.month, groups.metric
),

totals as (
    select
        month,
        metric,
        count(*) as n_told,
        sum(case when can_tell then 1 else 0 end) as n,
        sum(observed) as observed,
        coalesce(var_samp(mean_value), 0) as spread_of_means,
        coalesce(var_samp(by_users), 0) as spread_by_users,
        sum(weight) as servers,
        sum(case when can_tell then weight * inverse_chance end) as weights,
        sum(case when can_tell then power(weight * inverse_chance, 2) end) as squared_weights,
        sum(case when can_tell then weight * inverse_chance * value end) as weighted_value,
        sum(case when can_tell then weight * inverse_chance * sampling_variance end) as weighted_sampling,
        coalesce(var_samp(value), 0) as spread,
        avg(case when can_tell then user_days end) as capable_user_days,
        avg(case when not can_tell then user_days end) as incapable_user_days,
        max(case when is_complete then 1 else 0 end) = 1 as is_complete
    from predicted
    group by month, metric
),

weighted_spread as (
    select
        predicted.month,
        predicted.metric,
        sum(power(predicted.weight * predicted.inverse_chance * (predicted.value - totals.weighted_value / totals.weights), 2)) as spread
    from predicted
    inner join totals on totals.month = predicted.month and totals.metric = predicted.metric
    where predicted.can_tell
    group by predicted.month, predicted.metric
),

-- Growth is told by the same servers in both months, never by whoever happens to tell.
panel as (
    select
        now_.month,
        now_.metric,
        count(*) as n,
        sum(now_.observed) as observed,
        sum(now_.value) as value,
        sum(before_.value) as value_before
    from units as now_
    inner join units as before_
        on before_.server_id = now_.server_id
        and before_.metric = now_.metric
        and before_.month = {{ company.add_days(dbt.dateadd("month", -1, "now_.month"), 0) }}
        and before_.can_tell
    where now_.can_tell
    group by now_.month, now_.metric
),

methods as (
    select
        month, metric, 'naive' as method, observed,
        cast(observed as double) as estimate,
        cast(null as double) as variance,
        cast(null as double) as df,
        cast(n as double) as n_eff,
        cast(null as double) as before_estimate
    from totals

    union all
    {%- for method, estimate, prefix, spread, unknown in [
        ("post_stratified", "by_mean", "mean", "spread_of_means", "of_mean"),
        ("post_stratified_by_users", "by_users", "users", "spread_by_users", "of_users"),
    ] %}
    {%- set unseen = "dark.n * (1 + dark.n / totals.n_told) * totals." ~ spread %}
    select
        summed.month, summed.metric, '{{ method }}', totals.observed,
        summed.{{ estimate }},
        summed.{{ prefix }}_variance + {{ unseen }} + unknown_number.{{ unknown }},
        power(summed.{{ prefix }}_variance + {{ unseen }}, 2)
            / nullif(summed.{{ prefix }}_squares + power({{ unseen }}, 2) / greatest(totals.n_told - 1, 1), 0),
        summed.n_eff,
        null
    from summed
    inner join totals on totals.month = summed.month and totals.metric = summed.metric
    inner join unknown_number on unknown_number.month = summed.month and unknown_number.metric = summed.metric
    inner join (select month, n_active - n_told as n from fleet) as dark on dark.month = summed.month

    union all
    {% endfor %}
    select
        totals.month, totals.metric, 'weighted', totals.observed,
        totals.servers * totals.weighted_value / totals.weights,
        power(totals.servers / totals.weights, 2) * weighted_spread.spread
            * totals.n / greatest(totals.n - 1, 1) * greatest(0, 1 - totals.n / totals.servers)
            + totals.servers / totals.weights * totals.weighted_sampling
            + unknown_number.of_mean,
        totals.n - 1,
        power(totals.weights, 2) / totals.squared_weights,
        null
    from totals
    inner join weighted_spread on weighted_spread.month = totals.month and weighted_spread.metric = totals.metric
    inner join unknown_number on unknown_number.month = totals.month and unknown_number.metric = totals.metric
    where totals.n > 1

    union all

    select month, metric, 'fixed_panel', observed, value, null, null, n, value_before
    from panel
),

bounded as (
    select
        methods.*,
        totals.n,
        totals.n_told,
        totals.is_complete,
        totals.capable_user_days,
        totals.incapable_user_days,
        fleet.n_active,
        fleet.least_overlap,
        -- Totals are skewed to the right, and so is the interval: symmetric in the logarithm.
        case when methods.estimate > 0 then exp({{ t }} * sqrt(methods.variance) / methods.estimate) end as factor
    from methods
    inner join totals on totals.month = methods.month and totals.metric = methods.metric
    inner join fleet on fleet.month = methods.month
),

compared as (
    select
        bounded.*,
        max(case when method = 'post_stratified' then estimate end) over (partition by month, metric) as by_cells,
        max(case when method = 'weighted' then estimate end) over (partition by month, metric) as by_weights
    from bounded
),

judged as (
    select
        compared.*,
        case
            when method = 'naive' then 'counts only servers that tell'
            when not is_complete then 'the month is not over'
            when method = 'fixed_panel' and n_eff < {{ var("product_least_respondents") }} then 'fewer than {{ var("product_least_respondents") }} servers told in both months'
            when method = 'fixed_panel' then null
            when n < {{ var("product_least_respondents") }} then 'fewer than {{ var("product_least_respondents") }} servers can tell'
            when n_eff < {{ var("product_least_respondents") }} / 2.0 then 'a few servers would speak for most'
            when least_overlap < {{ var("product_least_overlap") }} then 'too few version pings to know how many servers send no telemetry'
            when factor is null then 'nothing was told'
            when factor > 1 + {{ var("product_widest_error") }} then 'the interval is too wide to be of use'
        end as reason
    from compared
)

select
    metric || ':' || cast(month as {{ dbt.type_string() }}) || ':' || method as metric_estimate_id,
    metric,
    month,
    method,
    cast(observed as double) as observed,
    estimate,
    -- What was told is certain: no total lies below it.
    case when method <> 'fixed_panel' then greatest(estimate / factor, least(observed, estimate)) end as ci_low,
    case when method <> 'fixed_panel' then estimate * factor end as ci_high,
    n_eff,
    cast(n as {{ dbt.type_bigint() }}) as n_can_tell,
    cast(n_told as {{ dbt.type_bigint() }}) as n_reporting_servers,
    n_active as n_active_servers,
    1.0 * n / n_active as coverage_servers,
    before_estimate as estimate_before,
    case when method = 'fixed_panel' then estimate / nullif(before_estimate, 0) - 1 end as growth,
    capable_user_days,
    incapable_user_days,
    reason is null as publishable,
    reason,
    case
        when abs(by_weights / nullif(by_cells, 0) - 1) > {{ var("product_warn_difference") }}
            and method in ('post_stratified', 'post_stratified_by_users', 'weighted')
            then 'post-stratified and weighted estimates differ by more than {{ (var("product_warn_difference") * 100) | int }} %'
    end as warning
from judged
