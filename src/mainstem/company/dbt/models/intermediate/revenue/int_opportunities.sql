-- A close date that cannot be is replaced by the first day sold, then by the day the opportunity was written
-- down; never by `updated_at`, which moves whenever somebody corrects a typing mistake.
with first_days as (
    select
        opportunity_id,
        min(start_date) as first_day
    from {{ ref("stg_crm__opportunity_line_items") }}
    where not is_deleted
        and {{ company.is_possible_date("start_date", company.add_days(company.revenue_as_of(), 3660)) }}
    group by opportunity_id
),

judged as (
    select
        opportunity.*,
        {{ company.is_one_of("opportunity.stage", "revenue_won_stages") }} as is_won,
        {{ company.is_one_of("opportunity.stage", "revenue_lost_stages") }} as is_lost,
        first_days.first_day,
        as_of.as_of_date
    from {{ ref("stg_crm__opportunities") }} as opportunity
    cross join {{ ref("int_revenue_as_of") }} as as_of
    left join first_days on first_days.opportunity_id = opportunity.opportunity_id
    where not opportunity.is_deleted
),

dated as (
    select
        *,
        -- What is closed was closed by now; what is open may be hoped for in some years.
        case
            when is_won or is_lost
                then {{ company.is_possible_date("close_date", company.add_days("as_of_date", 1)) }}
            else {{ company.is_possible_date("close_date", company.add_days("as_of_date", 3660)) }}
        end as has_possible_close_date
    from judged
)

select
    dated.opportunity_id,
    coalesce(accounts.canonical_account_id, dated.account_id) as account_id,
    dated.account_id as crm_account_id,
    {{ company.clean_name("dated.opportunity_name") }} as opportunity_name,
    lower(trim(dated.opportunity_type)) as opportunity_type,
    dated.stage,
    dated.is_won,
    dated.is_lost,
    not (dated.is_won or dated.is_lost) as is_open,
    dated.close_date as crm_close_date,
    dated.has_possible_close_date,
    case
        when dated.has_possible_close_date then dated.close_date
        when dated.is_won or dated.is_lost then coalesce(dated.first_day, {{ utc_date("dated.created_at") }})
    end as close_date,
    {{ company.cents("dated.amount") }} as amount_cents,
    dated.licence_id,
    dated.owner_id,
    dated.created_at
from dated
left join {{ ref("int_revenue_accounts") }} as accounts on accounts.account_id = dated.account_id
