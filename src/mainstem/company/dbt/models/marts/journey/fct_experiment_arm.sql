-- Each variation with its people and what they did within the days that count; people who saw several
-- variations are counted apart, under the first they saw.
select
    experiment_key || ':' || variation_id as arm_id,
    experiment_key,
    variation_id,
    cast(sum(case when is_crossed then 0 else 1 end) as {{ dbt.type_bigint() }}) as people,
    cast(sum(case when is_crossed then 1 else 0 end) as {{ dbt.type_bigint() }}) as crossed_people,
    cast(sum(case when is_matured and not is_crossed then 1 else 0 end) as {{ dbt.type_bigint() }})
        as matured_people,
    {%- for type in ("download", "trial", "purchase", "activated_usage") %}
    cast(
        sum(
            case
                when not is_crossed
                    and {{ type }}_at <= {{ company.days_after("first_exposed_at", var("journey_outcome_days")) }} then 1
                else 0
            end
        ) as {{ dbt.type_bigint() }}
    ) as people_with_{{ type }},
    {%- endfor %}
    min(first_exposed_at) as first_exposed_at,
    max(first_exposed_at) as last_exposed_at
from {{ ref("fct_experiment_exposure") }}
group by experiment_key, variation_id
