-- The account a person belongs to: as identity found it, or by an e-mail that is also a contact's.
with found as (
    {% if var("journey_identity") -%}
    select person_id, account_id, 1 as place
    from {{ ref("dim_person") }}
    where account_id is not null
    {%- else -%}
    select
        emails.person_id,
        contacts.account_id,
        row_number() over (
            partition by emails.person_id order by contacts.created_at, contacts.account_id
        ) as place
    from {{ ref("int_journey_email") }} as emails
    inner join {{ ref("stg_crm__contacts") }} as contacts on contacts.email = emails.email
    where contacts.account_id is not null
        and not contacts.is_deleted
    {%- endif %}
)

select
    found.person_id,
    coalesce(accounts.canonical_account_id, found.account_id) as account_id
from found
left join {{ ref("int_revenue_accounts") }} as accounts on accounts.account_id = found.account_id
where found.place = 1
