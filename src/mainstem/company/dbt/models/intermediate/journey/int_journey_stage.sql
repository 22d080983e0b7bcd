{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="journey_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys() }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
-- The first moment each journey reached each stage, and what says so.
with visits as (
    select
        journey_id, person_id, account_id, 'visit' as stage, started_at as entered_at,
        'session on the website' as evidence, session_id as evidence_id
    from {{ company.of_touched_journeys(ref("fct_session"), mark) }} as sessions
),

conversions as (
    select
        journey_id,
        person_id,
        account_id,
        case conversion_type when 'activated_usage' then 'server_active' else conversion_type end as stage,
        converted_at as entered_at,
        case evidence
            when 'crm' then 'opportunity won'
            when 'server' then 'server reported with the licence'
            else conversion_type || ' on the website'
        end as evidence,
        evidence_id
    from {{ company.of_touched_journeys(ref("fct_conversion"), mark) }} as conversions
),

licences as (
    select
        coalesce(licences.account_id, licences.person_id) as journey_id,
        licences.person_id,
        licences.account_id,
        'licence' as stage,
        coalesce(licences.issued_at, sales.won_at) as entered_at,
        case when licences.issued_at is not null then 'licence issued' else 'licence sold' end as evidence,
        licences.licence_id as evidence_id
    from {{ ref("int_journey_licence") }} as licences
    left join {{ ref("int_journey_sale") }} as sales
        on sales.account_id = licences.account_id
        and sales.licence_id = licences.licence_id
    where not licences.is_trial
        and coalesce(licences.account_id, licences.person_id) is not null
        and coalesce(licences.issued_at, sales.won_at) is not null
        {%- if mark %}
        and coalesce(licences.account_id, licences.person_id) in (
            {{ company.touched_journeys(mark) }}
        )
        {%- endif %}
),

busy_days as (
    select
        journey_id,
        account_id,
        activity_date,
        min(person_id) as person_id,
        max(active_users) as active_users
    from {{ company.of_touched_journeys(ref("int_journey_server_day"), mark) }} as days
    group by journey_id, account_id, activity_date
    having max(active_users) >= {{ var("journey_engaged_users") }}
),

counted as (
    select
        *,
        lag(activity_date, {{ var("journey_engaged_days") - 1 }}) over (
            partition by journey_id order by activity_date
        ) as so_many_days_before
    from busy_days
),

engaged as (
    select
        journey_id,
        person_id,
        account_id,
        'engaged' as stage,
        {{ company.utc_midnight("activity_date") }} as entered_at,
        '{{ var("journey_engaged_days") }} busy days within {{ var("journey_engaged_within_days") }}' as evidence,
        cast(activity_date as {{ dbt.type_string() }}) as evidence_id
    from counted
    where so_many_days_before > {{ company.add_days("activity_date", -var("journey_engaged_within_days")) }}
),

ranked as (
    select
        *,
        row_number() over (partition by journey_id, stage order by entered_at, evidence_id) as place
    from (
        select * from visits
        union all
        select * from conversions
        union all
        select * from licences
        union all
        select * from engaged
    ) as every
)

select
    journey_id, person_id, account_id, stage, entered_at, evidence, evidence_id,
    {{ company.built_now() }} as built_at
from ranked
where place = 1
