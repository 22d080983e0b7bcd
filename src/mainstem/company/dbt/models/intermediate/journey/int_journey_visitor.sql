{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="visitor_id",
    on_schema_change="fail",
) }}
-- Who each named visitor is, with the accounts, in one text: a build writes those of whom it says something else
-- than the last one did, so that models of what visitors did know whom to look at again. A visitor who was never
-- named is a person of their own for ever and has no row.
with spans as (
    {% if var("journey_identity") -%}
    select
        spans.visitor_id,
        cast(spans.valid_from as {{ dbt.type_string() }}) || ' ' || cast(spans.valid_to as {{ dbt.type_string() }})
            || ' ' || nodes.person_id || ' ' || coalesce(people.account_id, '') as span
    from {{ ref("int_visitor_spans") }} as spans
    inner join {{ ref("int_person_nodes") }} as nodes on nodes.node = spans.node
    left join {{ ref("int_journey_person_account") }} as people on people.person_id = nodes.person_id

    union all

    select visitors.visitor_id, 'nobody'
    from {{ ref("int_identity_visitors") }} as visitors
    inner join {{ ref("stg_identity__junk_values") }} as junk
        on junk.id_type = 'anonymous_id'
        and junk.id_value = lower(trim(visitors.visitor_id))
    {%- else -%}
    select person_id as visitor_id, account_id as span
    from {{ ref("int_journey_person_account") }}
    {%- endif %}
),

known as (
    select visitor_id, {{ dbt.listagg("span", "', '", "order by span") }} as who
    from spans
    group by visitor_id
)

{% if is_incremental() -%}
select
    coalesce(known.visitor_id, held.visitor_id) as visitor_id,
    known.who,
    {{ company.built_now() }} as built_at
from known
full outer join {{ this }} as held on held.visitor_id = known.visitor_id
where held.visitor_id is null
    or known.who is distinct from held.who
{%- else -%}
select visitor_id, who, {{ company.built_now() }} as built_at
from known
{%- endif %}
