-- Every change of release, dated by the first day on which the server told of the new one.
with spans as (
    select
        server_id, version_sort, version, first_date, last_date,
        lag(version_sort) over (partition by server_id order by first_date, version_sort) as from_version_sort,
        lag(version) over (partition by server_id order by first_date, version_sort) as from_version,
        lag(last_date) over (partition by server_id order by first_date, version_sort) as last_date_on_from
    from {{ ref("int_server_version_month") }}
)

select
    spans.server_id || ':' || cast(spans.first_date as {{ dbt.type_string() }}) || ':' || cast(spans.version_sort as {{ dbt.type_string() }}) as upgrade_id,
    spans.server_id,
    spans.first_date as upgraded_date,
    spans.last_date_on_from,
    spans.from_version,
    spans.from_version_sort,
    spans.version as to_version,
    spans.version_sort as to_version_sort,
    spans.version_sort < spans.from_version_sort as is_downgrade,
    release.release_number - before.release_number as releases_gained,
    {{ dbt.datediff("release.release_date", "spans.first_date", "day") }} as lag_days,
    server.is_excluded
from spans
inner join {{ ref("dim_version") }} as release on release.version_sort = spans.version_sort
inner join {{ ref("dim_version") }} as before on before.version_sort = spans.from_version_sort
inner join {{ ref("dim_server") }} as server on server.server_id = spans.server_id
where spans.version_sort <> spans.from_version_sort
