-- The first variation somebody saw is theirs. Who saw several is marked and belongs to no comparison.
with seen as (
    select
        views.experiment_key,
        coalesce(who.person_id, views.visitor_id) as person_id,
        views.variation_id,
        views.unit_id,
        views.viewed_at,
        row_number() over (
            partition by views.experiment_key, coalesce(who.person_id, views.visitor_id)
            order by views.viewed_at, views.experiment_view_id
        ) as place
    from {{ ref("stg_website__experiment_views") }} as views
    {{ company.join_journey_person("views", "views.viewed_at") }}
    where views.experiment_key is not null
        and views.variation_id is not null
        and {{ company.is_somebody("views.visitor_id") }}
),

people as (
    select
        experiment_key,
        person_id,
        max(case when place = 1 then variation_id end) as variation_id,
        max(case when place = 1 then unit_id end) as unit_id,
        min(viewed_at) as first_exposed_at,
        count(distinct variation_id) as variations,
        count(*) as exposures
    from seen
    group by experiment_key, person_id
),

-- A person without an account is their own journey.
outcomes as (
    select
        people.experiment_key,
        people.person_id,
        {%- for type in ("download", "trial", "purchase", "activated_usage") %}
        min(case when conversions.conversion_type = '{{ type }}' then conversions.converted_at end) as {{ type }}_at
        {{- "," if not loop.last }}
        {%- endfor %}
    from people
    left join {{ ref("int_journey_person_account") }} as accounts on accounts.person_id = people.person_id
    inner join {{ ref("fct_conversion") }} as conversions
        on conversions.journey_id = coalesce(accounts.account_id, people.person_id)
        and conversions.converted_at >= people.first_exposed_at
    group by people.experiment_key, people.person_id
)

select
    {{ dbt.hash("people.experiment_key || ':' || people.person_id") }} as exposure_id,
    people.experiment_key,
    people.variation_id,
    people.person_id,
    people.unit_id,
    people.first_exposed_at,
    {{ company.utc_date("people.first_exposed_at") }} as first_exposed_date,
    cast(people.variations as {{ dbt.type_bigint() }}) as variations,
    people.variations > 1 as is_crossed,
    cast(people.exposures as {{ dbt.type_bigint() }}) as exposures,
    outcomes.download_at,
    outcomes.trial_at,
    outcomes.purchase_at,
    outcomes.activated_usage_at,
    {{ company.days_after("people.first_exposed_at", var("journey_outcome_days")) }} <= now.as_of as is_matured
from people
cross join {{ ref("int_journey_as_of") }} as now
left join outcomes
    on outcomes.experiment_key = people.experiment_key
    and outcomes.person_id = people.person_id
