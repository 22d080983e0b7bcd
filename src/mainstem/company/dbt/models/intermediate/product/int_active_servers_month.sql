-- How many servers of an edition are active in a month, those included that neither send telemetry nor ask for
-- newer releases: Chapman's estimate from two lists that catch servers independently of each other.
with signs as (
    select
        months.month,
        coalesce(months.edition, 'unknown') as edition,
        case when months.days_reported > 0 then 1 else 0 end as told,
        case when months.days_pinged > 0 then 1 else 0 end as pinged
    from {{ ref("fct_server_month") }} as months
    inner join {{ ref("dim_server") }} as server
        on server.server_id = months.server_id
        and not server.is_excluded
),

editions as (
    select month, edition, sum(told) as n_told, sum(pinged) as n_pinged, sum(told * pinged) as n_both
    from signs
    group by month, edition
),

grouped as (
    -- An edition that too few servers of both lists have is estimated together with the others like it.
    select
        *,
        case when n_both >= {{ var("product_least_overlap") }} then edition else 'all others' end as edition_group
    from editions
),

lists as (
    select
        month, edition_group,
        sum(n_told) as n_told, sum(n_pinged) as n_pinged, sum(n_both) as n_both
    from grouped
    group by month, edition_group
),

estimated as (
    select
        lists.*,
        (n_told + 1.0) * (n_pinged + 1.0) / (n_both + 1.0) - 1 as chapman,
        (n_told + 1.0) * (n_pinged + 1.0) * (n_told - n_both) * (n_pinged - n_both)
            / (power(n_both + 1.0, 2) * (n_both + 2.0)) as variance
    from lists
)

select
    grouped.month,
    grouped.edition,
    grouped.edition_group,
    cast(estimated.n_told as {{ dbt.type_bigint() }}) as n_told,
    cast(estimated.n_pinged as {{ dbt.type_bigint() }}) as n_pinged,
    cast(estimated.n_both as {{ dbt.type_bigint() }}) as n_both,
    cast(estimated.n_told + estimated.n_pinged - estimated.n_both as {{ dbt.type_bigint() }}) as n_seen,
    greatest(estimated.chapman, estimated.n_told + estimated.n_pinged - estimated.n_both) as n_estimated,
    estimated.variance
from grouped
inner join estimated
    on estimated.month = grouped.month
    and estimated.edition_group = grouped.edition_group
