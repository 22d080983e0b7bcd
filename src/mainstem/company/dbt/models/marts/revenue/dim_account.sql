-- One row a company, whatever number of times the CRM holds it. An account that was deleted stays while money
-- hangs on it.
with members as (
    select
        account.*,
        canonical.canonical_account_id
    from {{ ref("stg_crm__accounts") }} as account
    inner join {{ ref("int_revenue_accounts") }} as canonical on canonical.account_id = account.account_id
),

duplicates as (
    select
        canonical_account_id as account_id,
        cast(count(*) - 1 as {{ dbt.type_bigint() }}) as duplicate_accounts
    from members
    where not is_deleted
    group by canonical_account_id
),

sold as (
    select distinct account_id from {{ ref("int_opportunities") }} where is_won
),

arr as (
    select
        span.account_id,
        max(case when span.valid_from <= as_of.as_of_date and span.valid_to > as_of.as_of_date then span.arr_cents end) as arr_cents,
        min(case when span.arr_cents > 0 then span.valid_from end) as customer_since,
        max(case when span.valid_from <= as_of.as_of_date then span.valid_from end) as arr_since,
        max(case when span.valid_from > as_of.as_of_date and span.arr_cents > 0 then 1 else 0 end) as has_future_arr
    from {{ ref("fct_arr_span") }} as span
    cross join {{ ref("int_revenue_as_of") }} as as_of
    group by span.account_id
)

select
    account.account_id,
    {{ company.clean_name("account.account_name") }} as account_name,
    account.account_name as crm_account_name,
    lower(trim(account.domain)) as domain,
    account.region,
    account.plan,
    account.seats,
    account.owner_id,
    owners.user_name as owner_name,
    account.created_at,
    account.is_deleted,
    coalesce(duplicates.duplicate_accounts, 0) as duplicate_accounts,
    case
        when arr.arr_cents > 0 then 'customer'
        when arr.customer_since <= as_of.as_of_date then 'former customer'
        when arr.has_future_arr = 1 then 'future customer'
        else 'prospect'
    end as account_status,
    case when arr.customer_since <= as_of.as_of_date then arr.customer_since end as customer_since,
    cast(coalesce(arr.arr_cents, 0) as {{ dbt.type_bigint() }}) as arr_cents,
    arr.arr_since,
    as_of.as_of_date
from members as account
cross join {{ ref("int_revenue_as_of") }} as as_of
left join duplicates on duplicates.account_id = account.account_id
left join sold on sold.account_id = account.account_id
left join arr on arr.account_id = account.account_id
left join {{ ref("stg_crm__users") }} as owners on owners.user_id = account.owner_id
where account.account_id = account.canonical_account_id
    and (not account.is_deleted or sold.account_id is not null)
