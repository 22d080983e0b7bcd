-- The day a release came out is what the company says (var `product_release_dates`); without it, the first day
-- on which any server ran it or a later one, which is never too early and, with few servers, some days late.
with seen as (
    select version_sort, version, first_date, last_date, server_id
    from {{ ref("int_server_version_month") }}

    union all

    -- Servers that send no telemetry tell their release when they ask for a newer one.
    select version_sort, version, last_ping_date, last_ping_date, server_id
    from {{ ref("fct_server_month") }}
    where version_sort is not null and days_reported = 0
),

versions as (
    select
        version_sort,
        min(version) as version,
        min(first_date) as first_seen_date,
        max(last_date) as last_seen_date,
        count(distinct server_id) as n_servers_ever
    from seen
    group by version_sort
),

given (version_sort, release_date) as (
    {% for version, day in var("product_release_dates").items() %}
    select cast({{ company.packed_version(version) }} as {{ dbt.type_bigint() }}), cast('{{ day }}' as date)
    union all
    {% endfor %}
    select cast(null as {{ dbt.type_bigint() }}), cast(null as date) where 1 = 0
)

select
    versions.version_sort,
    versions.version,
    cast(floor(versions.version_sort / 1000000) as {{ dbt.type_int() }}) as major_version,
    row_number() over (order by versions.version_sort) as release_number,
    versions.first_seen_date,
    versions.last_seen_date,
    versions.n_servers_ever,
    coalesce(
        given.release_date,
        min(versions.first_seen_date) over (order by versions.version_sort desc rows between unbounded preceding and current row)
    ) as release_date,
    case when given.release_date is null then 'first seen' else 'given' end as release_date_source
from versions
left join given on given.version_sort = versions.version_sort
