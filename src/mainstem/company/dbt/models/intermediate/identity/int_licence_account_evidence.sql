-- Everything that ties a licence to an account, by what, and how much that weighs: 1 is best.
with accounts as (
    select account_id, canonical_account_id from {{ ref("dim_account_identity") }}
),

licences as (
    select
        licences.licence_id,
        case when junk.id_value is null then licences.customer_email end as email
    from {{ ref("stg_licences__licences") }} as licences
    left join {{ ref("stg_identity__junk_values") }} as junk
        on junk.id_type = 'email' and junk.id_value = licences.customer_email
    where not licences.is_deleted
),

contacts as (
    select contacts.contact_id, contacts.email, accounts.canonical_account_id as account_id
    from {{ ref("stg_crm__contacts") }} as contacts
    inner join accounts on accounts.account_id = contacts.account_id
    where not contacts.is_deleted
),

people as (
    select mail.id_value as email, contacts.account_id
    from {{ ref("int_person_nodes") }} as mail
    inner join {{ ref("int_person_nodes") }} as person
        on person.person_id = mail.person_id and person.id_type = 'crm_contact'
    inner join contacts on contacts.contact_id = person.id_value
    where mail.id_type = 'email'
),

domains as (
    select company_domain, min(canonical_account_id) as account_id
    from {{ ref("dim_account_identity") }}
    where company_domain is not null and not is_deleted
    group by company_domain
    having count(distinct canonical_account_id) = 1
),

found as (
    select
        opportunities.licence_id,
        accounts.canonical_account_id as account_id,
        'opportunity' as evidence,
        1 as evidence_rank
    from {{ ref("stg_crm__opportunities") }} as opportunities
    inner join accounts on accounts.account_id = opportunities.account_id
    left join {{ ref("stg_identity__junk_values") }} as junk
        on junk.id_type = 'licence' and junk.id_value = lower(trim(opportunities.licence_id))
    where not opportunities.is_deleted and opportunities.licence_id <> '' and junk.id_value is null
    union all
    select licences.licence_id, contacts.account_id, 'contact e-mail' as evidence, 2 as evidence_rank
    from licences
    inner join contacts on contacts.email = licences.email
    union all
    select licences.licence_id, people.account_id, 'e-mail of the same person' as evidence, 3 as evidence_rank
    from licences
    inner join people on people.email = licences.email
    union all
    select licences.licence_id, domains.account_id, 'e-mail domain' as evidence, 4 as evidence_rank
    from licences
    inner join domains
        on domains.company_domain = {{ company.plain_domain(company.mail_domain("licences.email")) }}
)

select found.licence_id, found.account_id, found.evidence, found.evidence_rank
from found
left join {{ ref("stg_identity__denied_edges") }} as denied
    on denied.node_a = {{ company.node("account", "found.account_id") }}
    and denied.node_b = {{ company.node("licence", "found.licence_id") }}
where denied.node_a is null
group by 1, 2, 3, 4
