{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="server_id", on_schema_change="fail") }}
-- One row an installation that ever told anything or asked for a newer release. Small enough to be worked out
-- anew from the months; `changed_at` says when what other models hang on it became what it is.
with months as (
    select
        *,
        row_number() over (partition by server_id order by month desc) as newness,
        max(case when registered_users is not null then month end) over (partition by server_id) as month_of_users,
        max(case when licence_id is not null then month end) over (partition by server_id) as month_of_licence,
        max(case when edition is not null then month end) over (partition by server_id) as month_of_edition,
        max(case when version is not null then month end) over (partition by server_id) as month_of_version
    from {{ ref("fct_server_month") }}
),

newest as (
    select max(coalesce(last_reported_date, last_ping_date)) as newest_date from months
),

lives as (
    select
        server_id,
        min(least(coalesce(first_reported_date, first_ping_date), coalesce(first_ping_date, first_reported_date))) as first_seen_date,
        max(greatest(coalesce(last_reported_date, last_ping_date), coalesce(last_ping_date, last_reported_date))) as last_seen_date,
        min(first_reported_date) as first_reported_date,
        max(last_reported_date) as last_reported_date,
        cast(sum(days_reported) as {{ dbt.type_bigint() }}) as days_reported,
        cast(sum(days_pinged) as {{ dbt.type_bigint() }}) as days_pinged,
        max(case when month = month_of_version then version end) as last_version,
        max(case when month = month_of_version then version_sort end) as last_version_sort,
        max(case when month = month_of_edition then edition end) as edition,
        max(case when month = month_of_licence then licence_id end) as licence_id,
        max(case when month = month_of_users then registered_users end) as registered_users,
        sum(days_on_a_release) as days_on_a_release,
        sum(days_on_a_development_build) as days_on_a_development_build,
        sum(days_on_an_odd_version) as days_on_an_odd_version,
        sum(days_with_users) as days_with_users,
        sum(days_more_active_than_registered) as days_more_active_than_registered,
        sum(days_on_an_internal_licence) as days_on_an_internal_licence
    from months
    group by server_id
),

judged as (
    select
        lives.*,
        case
            when days_on_an_internal_licence > 0 then 'internal licence'
            when days_on_a_release = 0 and days_on_a_development_build > 0 then 'development build'
            when days_on_a_release = 0 and days_on_an_odd_version > 0 then 'odd version'
            when days_more_active_than_registered > {{ var("product_overactive_share") }} * days_with_users
                then 'more active than registered users'
            when first_reported_date = last_seen_date
                and first_seen_date = last_seen_date
                and last_seen_date < {{ company.add_days("newest.newest_date", -var("product_single_day_grace_days")) }}
                then 'seen on a single day'
        end as exclusion_reason
    from lives
    cross join newest
)

select
    judged.server_id,
    judged.exclusion_reason is not null as is_excluded,
    judged.exclusion_reason,
    judged.first_seen_date,
    judged.last_seen_date,
    judged.first_reported_date,
    judged.last_reported_date,
    judged.days_reported,
    judged.days_pinged,
    judged.days_reported = 0 as is_silent,
    judged.last_version,
    judged.last_version_sort,
    judged.edition,
    judged.licence_id,
    judged.registered_users,
    {{ company.seats_band("judged.registered_users") }} as seats_band,
    {{ company.age_band(dbt.datediff("judged.first_seen_date", "judged.last_seen_date", "day")) }} as age_band,
    {% if is_incremental() -%}
    case
        when held.server_id is not null
            and held.is_excluded = (judged.exclusion_reason is not null)
            and held.first_seen_date = judged.first_seen_date
            then held.changed_at
        else {{ company.built_now() }}
    end as changed_at
    {%- else -%}
    {{ company.built_now() }} as changed_at
    {%- endif %}
from judged
{% if is_incremental() -%}
left join {{ this }} as held on held.server_id = judged.server_id
{%- endif %}
