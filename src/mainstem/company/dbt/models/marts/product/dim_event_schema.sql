-- Which events make which metric, and which releases can tell it: var `product_metrics`, since the events
-- themselves cannot say why they are missing.
{%- set string = dbt.type_string() %}
with plan as (
    {% for metric in var("product_metrics") %}
    {%- set place = loop %}
    {%- for event in metric["events"] %}
    select
        cast('{{ metric["metric"] }}' as {{ string }}) as metric,
        cast('{{ event }}' as {{ string }}) as event_name,
        cast('{{ metric["label"] }}' as {{ string }}) as label,
        cast({{ "'" ~ metric["since"] ~ "'" if metric.get("since") else "null" }} as {{ string }}) as introduced_in_version,
        cast({{ company.packed_version(metric.get("since")) }} as {{ dbt.type_bigint() }}) as introduced_sort,
        cast({{ "'" ~ metric["until"] ~ "'" if metric.get("until") else "null" }} as {{ string }}) as removed_in_version,
        cast({{ company.packed_version(metric.get("until")) }} as {{ dbt.type_bigint() }}) as removed_sort
    {{ "union all" if not (loop.last and place.last) }}
    {%- endfor %}
    {%- endfor %}
),

seen as (
    select
        event_name,
        min(activity_date) as first_seen_date,
        max(activity_date) as last_seen_date
    from {{ ref("int_user_action_day") }}
    group by event_name
)

select
    plan.metric || ':' || plan.event_name as event_schema_id,
    plan.metric,
    plan.event_name,
    plan.label,
    plan.introduced_in_version,
    plan.introduced_sort,
    plan.removed_in_version,
    plan.removed_sort,
    seen.first_seen_date,
    seen.last_seen_date,
    case
        when plan.removed_sort is not null then 'removed'
        when seen.first_seen_date is null then 'never seen'
        else 'live'
    end as status
from plan
left join seen on seen.event_name = plan.event_name
