{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="visitor_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_visitors() }}",
) }}
-- depends_on: {{ ref("int_journey_visitor") }}
{%- set mark = company.watermark("built_at") %}
-- Visitors who did something or turned out to be somebody else are made anew with all their sessions.
with
{% if mark %}
touched as (
    {{ company.journey_touched_visitors(mark) }}
),
{% endif %}
summed as (
    select
        session_id,
        visitor_id,
        session_number,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        max(case when starts_session then channel end) as channel,
        max(case when starts_session then campaign_name end) as campaign_name,
        max(case when starts_session then referrer_host end) as referrer_host,
        max(case when starts_session then landing_path end) as landing_path,
        max(user_id) is not null as is_logged_in,
        sum(page_views) as page_views,
        sum(downloads) as downloads,
        sum(trials) as trials,
        sum(purchases) as purchases,
        max(loaded_at) as loaded_at
    from {{ ref("int_website_touch") }}
    where {{ company.is_somebody("visitor_id") }}
    {%- if mark %}
        and visitor_id in (select visitor_id from touched)
    {%- endif %}
    group by session_id, visitor_id, session_number
)

select
    summed.session_id,
    coalesce(who.person_id, summed.visitor_id) as person_id,
    people.account_id,
    coalesce(people.account_id, who.person_id, summed.visitor_id) as journey_id,
    summed.visitor_id,
    summed.session_number,
    summed.started_at,
    summed.ended_at,
    {{ company.utc_date("summed.started_at") }} as session_date,
    cast({{ dbt.datediff("summed.started_at", "summed.ended_at", "second") }} as {{ dbt.type_bigint() }})
        as duration_seconds,
    summed.channel,
    summed.campaign_name,
    summed.referrer_host,
    summed.landing_path,
    summed.is_logged_in,
    cast(summed.page_views as {{ dbt.type_bigint() }}) as page_views,
    cast(summed.downloads as {{ dbt.type_bigint() }}) as downloads,
    cast(summed.trials as {{ dbt.type_bigint() }}) as trials,
    cast(summed.purchases as {{ dbt.type_bigint() }}) as purchases,
    summed.loaded_at,
    {{ company.built_now() }} as built_at
from summed
{{ company.join_journey_person("summed", "summed.ended_at") }}
left join {{ ref("int_journey_person_account") }} as people
    on people.person_id = coalesce(who.person_id, summed.visitor_id)
