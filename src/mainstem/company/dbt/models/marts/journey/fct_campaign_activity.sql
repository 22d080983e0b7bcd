-- What campaigns sent and what people did with it, under the journey it belongs to: the person who gave the e-mail
-- on the website, and their account, or the account of a contact with that e-mail.
with activities as (
    select
        activities.activity_id,
        coalesce(campaigns.campaign_name, lower(trim(activities.campaign_id))) as campaign_name,
        campaigns.channel,
        activities.activity_type,
        activities.activity_type in (
            {%- for type in var("journey_campaign_responses") %}'{{ type }}'{{ ", " if not loop.last }}{% endfor -%}
        ) as is_response,
        activities.asset,
        activities.occurred_at,
        emails.person_id,
        coalesce(people.account_id, canonical.canonical_account_id, contacts.account_id) as account_id
    from {{ ref("stg_marketing__lead_activities") }} as activities
    left join {{ ref("stg_marketing__campaigns") }} as campaigns on campaigns.campaign_id = activities.campaign_id
    left join {{ ref("int_journey_email") }} as emails on emails.email = activities.email
    left join {{ ref("int_journey_person_account") }} as people on people.person_id = emails.person_id
    left join {{ company.journey_contacts() }} as contacts on contacts.email = activities.email
    left join {{ ref("int_revenue_accounts") }} as canonical on canonical.account_id = contacts.account_id
    where not activities.is_deleted
)

select
    activities.activity_id as campaign_activity_id,
    activities.campaign_name,
    activities.channel,
    activities.activity_type,
    activities.is_response,
    activities.asset,
    activities.person_id,
    activities.account_id,
    coalesce(activities.account_id, activities.person_id) as journey_id,
    activities.occurred_at,
    {{ company.utc_date("activities.occurred_at") }} as occurred_date,
    trial.entered_at as trial_at,
    purchase.entered_at as purchase_at,
    {{ company.days_between("activities.occurred_at", "purchase.entered_at") }} as days_to_purchase
from activities
{%- for stage in ["trial", "purchase"] %}
left join {{ ref("fct_journey_stage") }} as {{ stage }}
    on {{ stage }}.journey_id = coalesce(activities.account_id, activities.person_id)
    and {{ stage }}.stage = '{{ stage }}'
    and {{ stage }}.entered_at >= activities.occurred_at
{%- endfor %}
