-- Everything that ties a person to an account, by what, and how much that weighs: 1 is best.
with nodes as (
    select person_id, id_type, id_value from {{ ref("int_person_nodes") }}
),

contacts as (
    select contacts.contact_id, accounts.canonical_account_id as account_id
    from {{ ref("stg_crm__contacts") }} as contacts
    inner join {{ ref("dim_account_identity") }} as accounts on accounts.account_id = contacts.account_id
    where not contacts.is_deleted
),

domains as (
    select company_domain, min(canonical_account_id) as account_id
    from {{ ref("dim_account_identity") }}
    where company_domain is not null and not is_deleted
    group by company_domain
    having count(distinct canonical_account_id) = 1
),

found as (
    select nodes.person_id, contacts.account_id, 'contact' as evidence, 1 as evidence_rank
    from nodes
    inner join contacts on contacts.contact_id = nodes.id_value
    where nodes.id_type = 'crm_contact'
    union all
    select nodes.person_id, licences.account_id, 'licence' as evidence, 2 as evidence_rank
    from nodes
    inner join {{ ref("stg_licences__licences") }} as issued on issued.customer_email = nodes.id_value
    inner join {{ ref("bdg_licence_account") }} as licences on licences.licence_id = issued.licence_id
    where nodes.id_type = 'email' and not issued.is_deleted
    union all
    select nodes.person_id, domains.account_id, 'e-mail domain' as evidence, 3 as evidence_rank
    from nodes
    inner join domains
        on domains.company_domain = {{ company.plain_domain(company.mail_domain("nodes.id_value")) }}
    where nodes.id_type = 'email'
)

select person_id, account_id, evidence, evidence_rank
from found
group by 1, 2, 3, 4
