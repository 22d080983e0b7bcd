-- What an account's terms that end on one day were worth, and what of it was signed again. A renewal that grew
-- counts as what was there to renew: growth is expansion, and the rate never exceeds 1.
{% set early = var("revenue_renewal_early_days") | int -%}
{% set late = var("revenue_renewal_late_days") | int -%}
with ending as (
    select
        account_id,
        active_until,
        {{ company.total("arr_cents") }} as available_cents
    from {{ ref("fct_line_item") }}
    where active_until is not null
    group by account_id, active_until
    having sum(arr_cents) > 0
),

renewing as (
    select *
    from {{ ref("fct_line_item") }}
    where active_from is not null
        and {{ company.is_one_of("opportunity_type", "revenue_renewal_types") }}
),

-- Each renewing line item renews one end, the nearest: of two terms that end in one week none is won twice.
matched as (
    select
        ending.account_id,
        ending.active_until,
        renewing.line_item_id,
        renewing.arr_cents,
        renewing.close_date,
        row_number() over (
            partition by renewing.line_item_id
            order by abs({{ dbt.datediff("ending.active_until", "renewing.active_from", "day") }} - 1), ending.active_until
        ) as nearness
    from ending
    inner join renewing
        on renewing.account_id = ending.account_id
        and renewing.active_until > ending.active_until
        and renewing.active_from between {{ company.add_days("ending.active_until", 1 - early) }}
            and {{ company.add_days("ending.active_until", 1 + late) }}
),

won as (
    select
        account_id,
        active_until,
        {{ company.total("arr_cents") }} as won_cents,
        min(close_date) as won_on
    from matched
    where nearness = 1
    group by account_id, active_until
),

refused as (
    select distinct
        ending.account_id,
        ending.active_until
    from ending
    inner join {{ ref("int_opportunities") }} as opportunity
        on opportunity.account_id = ending.account_id
        and opportunity.is_lost
        and {{ company.is_one_of("opportunity.opportunity_type", "revenue_renewal_types") }}
        and opportunity.close_date between {{ company.add_days("ending.active_until", -180) }}
            and {{ company.add_days("ending.active_until", late) }}
),

judged as (
    select
        ending.account_id,
        ending.active_until,
        ending.available_cents,
        coalesce(won.won_cents, 0) as won_cents,
        won.won_on,
        as_of.as_of_date,
        case
            when won.won_cents >= ending.available_cents then 'renewed'
            when won.won_cents > 0 then 'renewed for less'
            when refused.account_id is not null then 'lost'
            when {{ company.add_days("ending.active_until", late) }} < as_of.as_of_date then 'lost'
            when ending.active_until < as_of.as_of_date then 'overdue'
            else 'open'
        end as renewal_status
    from ending
    cross join {{ ref("int_revenue_as_of") }} as as_of
    left join won on won.account_id = ending.account_id and won.active_until = ending.active_until
    left join refused on refused.account_id = ending.account_id and refused.active_until = ending.active_until
)

select
    account_id || ':' || cast(active_until as {{ dbt.type_string() }}) as renewal_id,
    account_id,
    active_until as term_ends_on,
    {{ company.add_days("active_until", 1) }} as renews_on,
    available_cents,
    won_cents,
    least(greatest(won_cents, 0), available_cents) as renewed_cents,
    won_on,
    renewal_status,
    renewal_status in ('renewed', 'renewed for less', 'lost') as is_decided,
    case
        when renewal_status in ('renewed', 'renewed for less', 'lost')
            then {{ company.ratio("least(greatest(won_cents, 0), available_cents)", "available_cents") }}
    end as renewal_rate,
    as_of_date
from judged
