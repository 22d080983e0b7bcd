-- Whose journey a licence belongs to: its account's, by what was sold or by who it was sent to; a trial's that
-- no account is known for, the person's.
with licences as (
    select licence_id, customer_email, coalesce(is_trial, false) as is_trial, issued_at
    from {{ ref("stg_licences__licences") }}

    union all

    select distinct
        opportunities.licence_id,
        cast(null as {{ dbt.type_string() }}),
        false,
        cast(null as {{ company.type_moment() }})
    from {{ ref("stg_crm__opportunities") }} as opportunities
    left join {{ ref("stg_licences__licences") }} as known on known.licence_id = opportunities.licence_id
    where opportunities.licence_id is not null
        and known.licence_id is null
),

accounts as (
    {% if var("journey_identity") -%}
    select licence_id, account_id
    from {{ ref("bdg_licence_account") }}
    {%- else -%}
    select licence_id, account_id
    from (
        select
            opportunities.licence_id,
            opportunities.account_id,
            row_number() over (
                partition by opportunities.licence_id order by opportunities.opportunity_id
            ) as place
        from {{ ref("stg_crm__opportunities") }} as opportunities
        where opportunities.licence_id is not null
            and {{ company.is_one_of("opportunities.stage", "revenue_won_stages") }}
            and not opportunities.is_deleted
    ) as sold
    where place = 1
    {%- endif %}
)

select
    licences.licence_id,
    licences.is_trial,
    licences.issued_at,
    coalesce(canonical.canonical_account_id, accounts.account_id, contacts.account_id, people.account_id) as account_id,
    emails.person_id
from licences
left join accounts on accounts.licence_id = licences.licence_id
left join {{ company.journey_contacts() }} as contacts on contacts.email = licences.customer_email
left join {{ ref("int_revenue_accounts") }} as canonical
    on canonical.account_id = coalesce(accounts.account_id, contacts.account_id)
left join {{ ref("int_journey_email") }} as emails on emails.email = licences.customer_email
left join {{ ref("int_journey_person_account") }} as people on people.person_id = emails.person_id
