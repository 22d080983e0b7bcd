{{ config(materialized="view") }}
with named as (
    select
        person_id,
        min(first_seen_at) as first_seen_at,
        max(case when id_type <> 'anonymous_id' then 1 else 0 end) = 1 as is_identified,
        cast(sum(case when id_type = 'anonymous_id' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_visitors,
        cast(sum(case when id_type = 'portal_user' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_portal_users,
        cast(sum(case when id_type = 'email' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_emails,
        cast(sum(case when id_type = 'crm_lead' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_leads,
        cast(sum(case when id_type = 'crm_contact' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_contacts
    from {{ ref("int_person_nodes") }}
    group by person_id
)

select
    named.person_id,
    named.first_seen_at,
    named.is_identified,
    accounts.account_id,
    accounts.evidence as account_evidence,
    named.n_visitors,
    named.n_portal_users,
    named.n_emails,
    named.n_leads,
    named.n_contacts
from named
left join {{ ref("bdg_person_account") }} as accounts on accounts.person_id = named.person_id
union all
select
    persons.person_id,
    visitors.first_seen_at,
    false as is_identified,
    null as account_id,
    null as account_evidence,
    1 as n_visitors,
    0 as n_portal_users,
    0 as n_emails,
    0 as n_leads,
    0 as n_contacts
from {{ ref("bdg_visitor_person") }} as persons
inner join {{ ref("int_identity_visitors") }} as visitors on visitors.visitor_id = persons.visitor_id
left join (select distinct visitor_id from {{ ref("int_visitor_spans") }}) as named
    on named.visitor_id = visitors.visitor_id
where named.visitor_id is null
