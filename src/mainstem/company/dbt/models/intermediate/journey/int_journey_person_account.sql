-- The account a person belongs to: as identity found it, or by an e-mail that is also a contact's.
{% if var("journey_identity") -%}
select person_id, account_id
from {{ ref("dim_person") }}
where account_id is not null
{%- else -%}
with found as (
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
)

select person_id, account_id
from found
where place = 1
{%- endif %}
