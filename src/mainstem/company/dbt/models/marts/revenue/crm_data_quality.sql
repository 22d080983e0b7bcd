-- What is wrong or odd in the CRM, by rule and row, with what the models made of it. A list to mend from: each
-- row goes away when the CRM is put right.
{% set text = dbt.type_string() -%}
with accounts as (
    select account.*, canonical.canonical_account_id
    from {{ ref("stg_crm__accounts") }} as account
    inner join {{ ref("int_revenue_accounts") }} as canonical on canonical.account_id = account.account_id
    where not account.is_deleted
),

contacts as (
    select
        contact.contact_id,
        contact.account_id as crm_account_id,
        coalesce(canonical.canonical_account_id, contact.account_id) as account_id,
        contact.email,
        contact.email_bounced_at,
        account.account_id is not null as has_account,
        first_value(contact.contact_id) over (
            partition by coalesce(canonical.canonical_account_id, contact.account_id), contact.email
            order by contact.created_at, contact.contact_id
        ) as first_of_address,
        first_value(contact.contact_id) over (
            partition by coalesce(canonical.canonical_account_id, contact.account_id), lower({{ company.clean_name("contact.contact_name") }})
            order by contact.created_at, contact.contact_id
        ) as first_of_name
    from {{ ref("stg_crm__contacts") }} as contact
    left join {{ ref("int_revenue_accounts") }} as canonical on canonical.account_id = contact.account_id
    left join accounts as account on account.account_id = contact.account_id
    where not contact.is_deleted
),

-- Who looks after an account, and after what is open there.
looked_after as (
    select 'accounts' as table_name, account_id as row_id, canonical_account_id as account_id, owner_id
    from accounts
    union all
    select 'opportunities', opportunity_id, account_id, owner_id
    from {{ ref("int_opportunities") }}
    where is_open
),

found as (
    select
        'odd name' as rule_name, 'accounts' as table_name, account_id as row_id, 'name' as column_name,
        account_name as found_value, 'shown without odd symbols and white space' as effect, account_id, owner_id
    from accounts
    where account_name <> {{ company.clean_name("account_name") }} or {{ company.clean_name("account_name") }} is null

    union all

    select 'duplicate account', 'accounts', account_id, 'id', 'duplicate of ' || canonical_account_id,
        'counted with that account', canonical_account_id, owner_id
    from accounts
    where account_id <> canonical_account_id

    union all

    select 'no domain', 'accounts', account_id, 'domain', cast(null as {{ text }}),
        'joined with people and servers by other evidence, or not at all', canonical_account_id, owner_id
    from accounts
    where nullif(trim(domain), '') is null

    union all

    select 'no owner', looked_after.table_name, looked_after.row_id, 'owner_id', looked_after.owner_id,
        'counted for nobody', looked_after.account_id, looked_after.owner_id
    from looked_after
    left join {{ ref("stg_crm__users") }} as owner on owner.user_id = looked_after.owner_id
    where owner.user_id is null

    union all

    select 'owner has left', looked_after.table_name, looked_after.row_id, 'owner_id', owner.user_name,
        'counted for who has left', looked_after.account_id, looked_after.owner_id
    from looked_after
    inner join {{ ref("stg_crm__users") }} as owner on owner.user_id = looked_after.owner_id
    where owner.is_deleted or not owner.is_active

    union all

    select
        'duplicate contact', 'contacts', contact_id,
        case when email is not null and first_of_address <> contact_id then 'email' else 'name' end,
        'duplicate of ' || case when email is not null and first_of_address <> contact_id then first_of_address else first_of_name end,
        'one person where an address is shared', account_id, cast(null as {{ text }})
    from contacts
    where has_account
        and ((email is not null and first_of_address <> contact_id) or first_of_name <> contact_id)

    union all

    select 'contact without account', 'contacts', contact_id, 'account_id', crm_account_id,
        'a person without an account', cast(null as {{ text }}), cast(null as {{ text }})
    from contacts
    where not has_account

    union all

    select 'no e-mail', 'contacts', contact_id, 'email', cast(null as {{ text }}),
        'joined with nobody', account_id, cast(null as {{ text }})
    from contacts
    where nullif(trim(email), '') is null

    union all

    select 'no e-mail', 'leads', lead_id, 'email', cast(null as {{ text }}),
        'joined with nobody', cast(null as {{ text }}), cast(null as {{ text }})
    from {{ ref("stg_crm__leads") }}
    where nullif(trim(email), '') is null and not is_deleted

    union all

    select 'e-mail bounces', 'contacts', contact_id, 'email', cast({{ utc_date("email_bounced_at") }} as {{ text }}),
        'not reached', account_id, cast(null as {{ text }})
    from contacts
    where email_bounced_at is not null

    union all

    select 'e-mail bounces', 'leads', lead_id, 'email', cast({{ utc_date("email_bounced_at") }} as {{ text }}),
        'not reached', cast(null as {{ text }}), cast(null as {{ text }})
    from {{ ref("stg_crm__leads") }}
    where email_bounced_at is not null and not is_deleted

    union all

    select 'closed before it was written down', 'opportunities', opportunity_id, 'close_date', cast(crm_close_date as {{ text }}),
        'booked on its close date', account_id, owner_id
    from {{ ref("int_opportunities") }}
    where has_possible_close_date and not is_open and crm_close_date < {{ company.add_days(utc_date("created_at"), -1) }}

    union all

    select 'won without amount', 'opportunities', opportunity_id, 'amount', cast(amount_cents as {{ text }}),
        'booked with its line items', account_id, owner_id
    from {{ ref("int_opportunities") }}
    where is_won and coalesce(amount_cents, 0) = 0

    union all

    select 'impossible date', 'opportunities', opportunity_id, 'close_date', cast(crm_close_date as {{ text }}),
        'booked on the first day sold', account_id, owner_id
    from {{ ref("int_opportunities") }}
    where not has_possible_close_date and crm_close_date is not null

    union all

    select 'no close date', 'opportunities', opportunity_id, 'close_date', cast(null as {{ text }}),
        'booked on the first day sold', account_id, owner_id
    from {{ ref("int_opportunities") }}
    where crm_close_date is null and is_won

    union all

    select 'no licence key', 'opportunities', opportunity_id, 'licence_key', cast(null as {{ text }}),
        'linked to a licence by other evidence, or not at all', account_id, owner_id
    from {{ ref("int_opportunities") }}
    where is_won and nullif(trim(licence_id), '') is null

    union all

    select 'open past its close date', 'opportunities', opportunity_id, 'close_date', cast(crm_close_date as {{ text }}),
        'left out of what is expected', account_id, owner_id
    from {{ ref("int_opportunities") }}
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where is_open and has_possible_close_date and crm_close_date < as_of.as_of_date

    union all

    select 'unknown account', 'opportunities', opportunity.opportunity_id, 'account_id', opportunity.crm_account_id,
        'counted under that id, without a name', opportunity.account_id, opportunity.owner_id
    from {{ ref("int_opportunities") }} as opportunity
    left join {{ ref("stg_crm__accounts") }} as account on account.account_id = opportunity.crm_account_id
    where account.account_id is null

    union all

    select 'sold to a deleted account', 'opportunities', opportunity.opportunity_id, 'account_id', opportunity.crm_account_id,
        'counted all the same', opportunity.account_id, opportunity.owner_id
    from {{ ref("int_opportunities") }} as opportunity
    inner join {{ ref("stg_crm__accounts") }} as account on account.account_id = opportunity.crm_account_id
    where account.is_deleted and opportunity.is_won

    union all

    select 'no line items', 'opportunities', opportunity_id, 'amount', cast(booking_cents as {{ text }}),
        'booked with its amount; its ARR is unknown', account_id, owner_id
    from {{ ref("fct_booking") }}
    where line_items = 0

    union all

    select 'amount differs from line items', 'opportunities', booking.opportunity_id, 'amount',
        cast(opportunity.amount_cents as {{ text }}), 'booked with its line items', booking.account_id, booking.owner_id
    from {{ ref("fct_booking") }} as booking
    inner join {{ ref("int_opportunities") }} as opportunity on opportunity.opportunity_id = booking.opportunity_id
    where booking.line_items > 0 and opportunity.amount_cents <> booking.booking_cents

    union all

    select 'impossible term', 'opportunity_line_items', line_item_id, 'end_date',
        coalesce(cast(term_start as {{ text }}), '?') || ' to ' || coalesce(cast(term_end as {{ text }}), '?'),
        'booked; its ARR is unknown', account_id, cast(null as {{ text }})
    from {{ ref("fct_line_item") }}
    where arr_rule = 'impossible'

    union all

    select 'term of zero days', 'opportunity_line_items', line_item_id, 'end_date', cast(term_end as {{ text }}),
        case when arr_rule = 'one_year' then 'counted as a year' else 'booked; it has no ARR' end, account_id, cast(null as {{ text }})
    from {{ ref("fct_line_item") }}
    where term_start = term_end and arr_rule <> 'impossible'

    union all

    select 'overlapping terms', 'opportunity_line_items', line_item_id, 'start_date', cast(term_start as {{ text }}),
        {% if var("revenue_overlap_rule") == "replace" %}'the earlier term ends before it'{% else %}'both terms count'{% endif %}, account_id, cast(null as {{ text }})
    from {{ ref("fct_line_item") }}
    where is_overlapping

    union all

    select 'cost in another currency', 'campaign_costs', campaign_cost_id, 'currency', currency,
        'left out of campaign costs', cast(null as {{ text }}), cast(null as {{ text }})
    from {{ ref("stg_marketing__campaign_costs") }}
    where not is_deleted and coalesce(upper(trim(currency)), '') <> 'USD'
)

select
    rule_name || ':' || table_name || ':' || row_id as finding_id,
    rule_name,
    table_name,
    row_id,
    column_name,
    found_value,
    effect,
    account_id,
    owner_id
from found
