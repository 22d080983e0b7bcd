-- What each campaign cost in a month, whom it brought then and who answered it. A campaign that only touches, only
-- costs or only activities tell of has its rows too; touches find their campaign by its name, as utm_campaign writes it. US dollars
-- only, as everywhere.
with spent as (
    select
        coalesce(campaigns.campaign_name, lower(trim(costs.campaign_id))) as campaign_name,
        {{ company.first_of("month", 'costs."month"') }} as month_start,
        {{ company.total(company.cents("costs.cost")) }} as cost_cents
    from {{ ref("stg_marketing__campaign_costs") }} as costs
    left join {{ ref("stg_marketing__campaigns") }} as campaigns on campaigns.campaign_id = costs.campaign_id
    where not costs.is_deleted
        and upper(trim(costs.currency)) = 'USD'
    group by 1, 2
),

brought as (
    select
        lower(trim(campaign_name)) as campaign_name,
        {{ company.first_of("month", "touched_date") }} as month_start,
        cast(count(*) as {{ dbt.type_bigint() }}) as touches,
        cast(count(distinct person_id) as {{ dbt.type_bigint() }}) as people,
        cast(count(distinct account_id) as {{ dbt.type_bigint() }}) as accounts
    from {{ ref("fct_touch") }}
    where nullif(trim(campaign_name), '') is not null
    group by 1, 2
),

answered as (
    select
        campaign_name,
        {{ company.first_of("month", "occurred_date") }} as month_start,
        {{ company.total("case when activity_type = 'email_sent' then 1 else 0 end") }} as emails_sent,
        {{ company.total("case when is_response then 1 else 0 end") }} as responses,
        cast(count(distinct case when is_response then person_id end) as {{ dbt.type_bigint() }}) as responders
    from {{ ref("fct_campaign_activity") }}
    where campaign_name is not null
    group by 1, 2
),

months as (
    select campaign_name, month_start from spent
    union
    select campaign_name, month_start from brought
    union
    select campaign_name, month_start from answered
),

known as (
    select
        campaign_name,
        min(channel) as channel,
        min(status) as status
    from {{ ref("stg_marketing__campaigns") }}
    where not is_deleted
    group by campaign_name
)

select
    {{ dbt.hash("months.campaign_name || ' ' || cast(months.month_start as " ~ dbt.type_string() ~ ")") }} as campaign_month_id,
    months.campaign_name,
    known.channel,
    known.status,
    known.campaign_name is not null as is_known,
    months.month_start,
    spent.cost_cents,
    coalesce(brought.touches, 0) as touches,
    coalesce(brought.people, 0) as people,
    coalesce(brought.accounts, 0) as accounts,
    coalesce(answered.emails_sent, 0) as emails_sent,
    coalesce(answered.responses, 0) as responses,
    coalesce(answered.responders, 0) as responders
from months
left join known on known.campaign_name = months.campaign_name
left join spent on spent.campaign_name = months.campaign_name and spent.month_start = months.month_start
left join brought on brought.campaign_name = months.campaign_name and brought.month_start = months.month_start
left join answered on answered.campaign_name = months.campaign_name and answered.month_start = months.month_start
