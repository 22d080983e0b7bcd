-- One row an account with what sales wants to know, each with the day it was true and, where it is blank, why.
-- Health is the mean of the parts that are known, by weight: a part that nobody told of is left out, not zero.
-- (least() of DuckDB passes over NULLs, so each part asks first whether it is known.)
{% set weights = var("revenue_health_weights") -%}
with as_of as (
    select
        as_of_date,
        (select {{ utc_date("max(updated_at)") }} from {{ ref("stg_support__tickets") }}) as support_on,
        (select max(session_date) from {{ ref("fct_session") }}) as website_on
    from {{ ref("int_revenue_as_of") }}
),

renewals as (
    select
        account_id,
        term_ends_on,
        renewal_status,
        available_cents,
        row_number() over (partition by account_id order by term_ends_on) as place
    from {{ ref("fct_renewal") }}
    where not is_decided
),

moves as (
    select
        account_id,
        movement_type,
        moved_on,
        change_cents,
        row_number() over (partition by account_id order by moved_on desc) as newness
    from {{ ref("fct_arr_movement") }}
),

joined as (
    select
        account.*,
        as_of.support_on,
        as_of.website_on,
        renewals.term_ends_on,
        renewals.renewal_status as next_renewal_status,
        renewals.available_cents as next_renewal_cents,
        moves.movement_type as last_movement_type,
        moves.moved_on as last_movement_on,
        moves.change_cents as last_movement_cents,
        usage.account_id is not null as has_server,
        coalesce(usage.linked_servers, 0) as linked_servers,
        usage.active_servers,
        coalesce(usage.all_silent, false) as all_silent,
        usage.last_seen_on,
        usage.last_reported_on,
        usage.last_version,
        usage.last_version_released_on,
        {{ dbt.datediff("usage.last_version_released_on", "as_of.as_of_date", "day") }} as version_age_days,
        usage.daily_active_users_7d,
        usage.daily_active_users_28d,
        usage.daily_active_users_before,
        usage.users_told_on,
        usage.features_used,
        usage.features_told,
        usage.features_told_on,
        coalesce(usage.is_too_old, false) as is_too_old,
        web.account_id is not null as has_visitor,
        web.web_visits_30d,
        web.trials_30d,
        web.last_visit_at,
        web.first_touch_channel,
        web.first_touch_at,
        support.open_tickets,
        support.tickets_90d,
        support.last_satisfaction,
        support.last_satisfaction_at,
        support.good_365d,
        support.bad_365d
    from {{ ref("dim_account") }} as account
    cross join as_of
    left join renewals on renewals.account_id = account.account_id and renewals.place = 1
    left join moves on moves.account_id = account.account_id and moves.newness = 1
    left join {{ ref("int_account_usage") }} as usage on usage.account_id = account.account_id
    left join {{ ref("int_account_web") }} as web on web.account_id = account.account_id
    left join {{ ref("int_account_support") }} as support on support.account_id = account.account_id
),

parts as (
    select
        *,
        case when seats > 0 and daily_active_users_28d is not null
            then least(1.0, daily_active_users_28d / seats / {{ var("revenue_health_full_usage") }}) end as health_usage,
        case when daily_active_users_before > 0 and daily_active_users_28d is not null
            then least(1.0, greatest(0.0, daily_active_users_28d / daily_active_users_before - 0.5)) end as health_trend,
        case when features_told > 0 then cast(features_used as double) / features_told end as health_features,
        case when version_age_days is not null and active_servers > 0
            then least(1.0, greatest(0.0, 1.0 - version_age_days / {{ var("revenue_health_old_version_days") }}.0)) end as health_version,
        case when good_365d + bad_365d > 0 then cast(good_365d as double) / (good_365d + bad_365d) end as health_support
    from joined
),

weighed as (
    select
        *,
        {% for part, weight in weights.items() -%}
        case when health_{{ part }} is not null then {{ weight }} else 0 end{{ " + " if not loop.last }}
        {%- endfor %} as known_weight,
        {% for part, weight in weights.items() -%}
        coalesce(health_{{ part }}, 0) * {{ weight }}{{ " + " if not loop.last }}
        {%- endfor %} as weighted
    from parts
)

select
    account_id,
    account_name,
    domain,
    region,
    owner_id,
    owner_name,
    account_status,
    customer_since,
    plan,
    seats,
    arr_cents,
    as_of_date as arr_as_of,
    last_movement_type,
    last_movement_on,
    last_movement_cents,
    term_ends_on as next_renewal_on,
    next_renewal_status,
    next_renewal_cents,
    case
        when term_ends_on is not null then null
        when account_status in ('prospect', 'former customer') then 'no running term'
        else 'the next term is signed already'
    end as next_renewal_blank_reason,

    cast(case when account_status = 'customer' and known_weight >= {{ var("revenue_health_least_known") }} then round(100 * weighted / known_weight) end as {{ dbt.type_int() }}) as health_score,
    as_of_date as health_as_of,
    case
        when account_status <> 'customer' then 'not a customer'
        when known_weight >= {{ var("revenue_health_least_known") }} then null
        when not has_server then 'no server linked'
        when all_silent then 'server opted out of telemetry'
        else 'too few parts known'
    end as health_blank_reason,
    {% for part in weights -%}
    cast(round(100 * health_{{ part }}) as {{ dbt.type_int() }}) as health_{{ part }},
    {% endfor %}
    linked_servers,
    active_servers,
    last_seen_on as servers_as_of,
    case when not has_server then 'no server linked' end as servers_blank_reason,

    cast(round(daily_active_users_7d, 1) as double) as daily_active_users_7d,
    cast(round(daily_active_users_28d, 1) as double) as daily_active_users_28d,
    coalesce(users_told_on, last_reported_on) as usage_as_of,
    case
        when daily_active_users_28d is not null and daily_active_users_7d is not null then null
        when not has_server then 'no server linked'
        when all_silent then 'server opted out of telemetry'
        when last_reported_on is not null then 'no events since ' || cast(coalesce(users_told_on, last_reported_on) as {{ dbt.type_string() }})
        else 'no events yet'
    end as usage_blank_reason,

    last_version,
    last_version_released_on,
    version_age_days,
    case when last_version is not null then last_seen_on end as version_as_of,
    case
        when last_version is not null then null
        when not has_server then 'no server linked'
        else 'no server told its version'
    end as version_blank_reason,

    features_used,
    features_told,
    features_told_on as features_as_of,
    case
        when features_used is not null then null
        when not has_server then 'no server linked'
        when all_silent then 'server opted out of telemetry'
        when is_too_old then 'release too old to tell'
        when last_reported_on is not null then 'no events since ' || cast(last_reported_on as {{ dbt.type_string() }})
        else 'no events yet'
    end as features_blank_reason,

    web_visits_30d,
    trials_30d,
    last_visit_at,
    website_on as web_as_of,
    case
        when has_visitor then null
        when website_on is null then 'no website events'
        else 'no visitor known'
    end as web_blank_reason,
    first_touch_channel,
    first_touch_at,
    case when first_touch_channel is null then 'no visit known' end as first_touch_blank_reason,

    case when support_on is not null then coalesce(open_tickets, 0) end as open_tickets,
    case when support_on is not null then coalesce(tickets_90d, 0) end as tickets_90d,
    support_on as support_as_of,
    case when support_on is null then 'no support data' end as support_blank_reason,
    last_satisfaction,
    last_satisfaction_at as satisfaction_as_of,
    case
        when last_satisfaction is not null then null
        when support_on is null then 'no support data'
        when open_tickets is null then 'never asked support'
        else 'never answered how it was'
    end as satisfaction_blank_reason
from weighed
