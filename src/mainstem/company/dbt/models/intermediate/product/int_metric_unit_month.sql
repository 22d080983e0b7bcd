{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="month",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_months() }}",
) }}
-- depends_on: {{ ref("fct_server_month") }}, {{ ref("dim_server") }}
{%- set mark = company.watermark("built_at") %}
{%- set bands = (var("product_seats_bands") | length) + 1 -%}
{%- set least = var("product_least_in_cell") -%}
-- A row is a metric and a server that told anything in a month: what it told of the metric, if it could, and the
-- cell of like servers that speak for it if it could not. Cells with fewer than {{ least }} servers that can tell
-- are joined with others: ages and editions first, sizes last.
with newest as (
    select max(activity_date) as newest_date from {{ ref("fct_server_day") }}
),

units as (
    select
        told.month,
        told.metric,
        told.server_id,
        coalesce(months.edition, 'unknown') as edition,
        coalesce({{ company.product_band_number("months.registered_users", var("product_seats_bands")) }}, 1) as seats_number,
        coalesce({{ company.age_band(dbt.datediff("server.first_seen_date", company.add_days(dbt.dateadd("month", 1, "told.month"), 0), "day")) }}, 'unknown') as age_band,
        told.days_capable > 0 and told.days_capable >= {{ var("product_least_share_of_days") }} * told.days_reported as can_tell,
        coalesce(told.user_days, 0) as user_days,
        told.observed,
        -- One that upgraded within the month told of a part of it; its other days count as these did.
        case
            when told.user_days_capable > 0 then told.user_days * 1.0 / told.user_days_capable
            else told.days_reported * 1.0 / nullif(told.days_capable, 0)
        end as whole_month,
        told.value,
        told.sampling_variance,
        (1.0 * active.n_estimated) / active.n_told as weight,
        active.edition_group
    from {{ ref("int_metric_server_month") }} as told
    inner join {{ ref("dim_server") }} as server
        on server.server_id = told.server_id
        and not server.is_excluded
    inner join {{ ref("fct_server_month") }} as months
        on months.server_id = told.server_id
        and months.month = told.month
    inner join {{ ref("int_active_servers_month") }} as active
        on active.month = told.month
        and active.edition = coalesce(months.edition, 'unknown')
    {%- if mark %}
    where told.month in (
        {{ company.touched_months(mark) }}
        union
        select month from {{ this }} where not is_complete
    )
    {%- endif %}
),

counts as (
    select
        month,
        metric
        {%- for band in range(1, bands + 1) %},
        sum(case when can_tell and seats_number = {{ band }} then 1 else 0 end) as n_{{ band }}
        {%- endfor %}
    from units
    group by month, metric
),

{% for band in range(bands, 1, -1) -%}
-- A size with too few servers that can tell joins the next smaller one.
joined_{{ band }} as (
    select
        {{ "counts" if band == bands else "joined_" ~ (band + 1) }}.*,
        {%- if band == bands %}
        n_{{ band }} as all_{{ band }},
        {%- else %}
        n_{{ band }} + case when all_{{ band + 1 }} < {{ least }} then all_{{ band + 1 }} else 0 end as all_{{ band }},
        {%- endif %}
        {{ band }} as passed_{{ band }}
    from {{ "counts" if band == bands else "joined_" ~ (band + 1) }}
),
{% endfor %}
sizes as (
    select
        joined_2.*,
        case
            when n_1 + case when all_2 < {{ least }} then all_2 else 0 end >= {{ least }} then 1
            {%- for band in range(2, bands + 1) %}
            when all_{{ band }} >= {{ least }} then {{ band }}
            {%- endfor %}
            else 1
        end as size_1
    from joined_2
),

sized as (
    select
        units.*,
        case
            {%- for band in range(bands, 1, -1) %}
            when units.seats_number >= {{ band }} and sizes.all_{{ band }} >= {{ least }} then {{ band }}
            {%- endfor %}
            else sizes.size_1
        end as size_number,
        units.edition || ' | ' || units.age_band as kind
    from units
    inner join sizes on sizes.month = units.month and sizes.metric = units.metric
),

kinds as (
    select
        month, metric, size_number, kind,
        sum(case when can_tell then 1 else 0 end) as n
    from sized
    group by month, metric, size_number, kind
),

rest as (
    select
        month, metric, size_number,
        sum(case when n < {{ least }} then n else 0 end) as n_rest,
        max(case when n >= {{ least }} then n end) as n_largest
    from kinds
    group by month, metric, size_number
),

largest as (
    select kinds.month, kinds.metric, kinds.size_number, min(kinds.kind) as kind
    from kinds
    inner join rest
        on rest.month = kinds.month and rest.metric = kinds.metric and rest.size_number = kinds.size_number
        and rest.n_largest = kinds.n
    group by kinds.month, kinds.metric, kinds.size_number
),

cells as (
    select
        kinds.month, kinds.metric, kinds.size_number, kinds.kind,
        case
            when kinds.n >= {{ least }} then kinds.kind
            when rest.n_rest >= {{ least }} or rest.n_largest is null then 'others'
            else largest.kind
        end as cell
    from kinds
    inner join rest
        on rest.month = kinds.month and rest.metric = kinds.metric and rest.size_number = kinds.size_number
    left join largest
        on largest.month = kinds.month and largest.metric = kinds.metric and largest.size_number = kinds.size_number
),

placed as (
    select
        sized.*,
        cast(sized.size_number as {{ dbt.type_string() }}) || ' | ' || cells.cell as cell
    from sized
    inner join cells
        on cells.month = sized.month and cells.metric = sized.metric
        and cells.size_number = sized.size_number and cells.kind = sized.kind
),

shares as (
    select
        placed.*,
        avg(case when can_tell then 1.0 else 0.0 end) over (partition by month, metric) as share_of_all,
        avg(case when can_tell then 1.0 else 0.0 end) over (partition by month, metric, edition) as share_of_edition,
        avg(case when can_tell then 1.0 else 0.0 end) over (partition by month, metric, size_number) as share_of_size,
        avg(case when can_tell then 1.0 else 0.0 end) over (partition by month, metric, age_band) as share_of_age
    from placed
)

select
    month,
    metric,
    server_id,
    edition,
    edition_group,
    cell,
    can_tell,
    user_days,
    observed,
    weight,
    case when can_tell then coalesce(value * whole_month, value) end as value,
    case when can_tell then sampling_variance * power(coalesce(whole_month, 1), 2) end as sampling_variance,
    -- One over the chance that a server like it can tell, by edition, size and age apart; never above the cap.
    case when can_tell then least(
        {{ var("product_heaviest_weight") }},
        greatest(1, power(share_of_all, 2) / (share_of_edition * share_of_size * share_of_age))
    ) end as inverse_chance,
    month < {{ company.first_of("month", "newest.newest_date") }} as is_complete,
    {{ company.built_now() }} as built_at
from shares
cross join newest
