-- A journey converts once to each type, the first time. A purchase is seen on the website or, where nothing was
-- seen there, in the CRM.
with website as (
    select
        event as conversion_type,
        entity_id as journey_id,
        person_id,
        account_id,
        occurred_at as converted_at,
        'website' as evidence,
        event_id as evidence_id
    from {{ ref("int_journey_action") }}
    where event in ('download', 'trial', 'purchase')
),

sales as (
    select
        'purchase' as conversion_type,
        sales.account_id as journey_id,
        cast(null as {{ dbt.type_string() }}) as person_id,
        sales.account_id,
        sales.won_at as converted_at,
        'crm' as evidence,
        sales.opportunity_id as evidence_id
    from {{ ref("int_journey_sale") }} as sales
    left join (
        select distinct account_id from website where conversion_type = 'purchase'
    ) as seen on seen.account_id = sales.account_id
    where seen.account_id is null
),

usage as (
    select
        'activated_usage' as conversion_type,
        journey_id,
        person_id,
        account_id,
        first_reported_at as converted_at,
        'server' as evidence,
        server_id as evidence_id
    from {{ ref("int_journey_server_day") }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by journey_id, conversion_type order by converted_at, evidence_id
        ) as place
    from (
        select * from website
        union all
        select * from sales
        union all
        select * from usage
    ) as every
)

select
    {{ dbt.hash("ranked.conversion_type || ':' || ranked.journey_id") }} as conversion_id,
    ranked.conversion_type,
    ranked.journey_id,
    ranked.person_id,
    ranked.account_id,
    ranked.converted_at,
    {{ company.utc_date("ranked.converted_at") }} as converted_date,
    ranked.evidence,
    ranked.evidence_id,
    -- A download and a trial earn nothing by themselves: unknown, not zero.
    case
        when ranked.conversion_type in ('purchase', 'activated_usage') then sales.arr_cents
    end as value_cents
from ranked
left join {{ ref("int_journey_sale") }} as sales on sales.account_id = ranked.account_id
where ranked.place = 1
