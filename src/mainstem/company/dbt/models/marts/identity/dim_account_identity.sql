with accounts as (
    select
        account_id,
        {{ company.plain_name("account_name") }} as company_name,
        case
            when {{ company.plain_domain("domain") }} not in {{ company.in_list(var("identity_public_domains")) }}
                then {{ company.plain_domain("domain") }}
        end as company_domain,
        created_at,
        is_deleted
    from {{ ref("stg_crm__accounts") }}
),

sales as (
    select account_id, count(*) as n_opportunities
    from {{ ref("stg_crm__opportunities") }}
    where not is_deleted
    group by account_id
),

-- The same company entered twice: the same name, but for case, white space and signs, and the same domain.
grouped as (
    select
        accounts.*,
        first_value(accounts.account_id) over (
            partition by
                accounts.company_name,
                accounts.company_domain,
                case
                    when accounts.company_name is null or accounts.company_domain is null then accounts.account_id
                end
            order by
                case when accounts.is_deleted then 1 else 0 end,
                accounts.created_at,
                coalesce(sales.n_opportunities, 0) desc,
                accounts.account_id
            rows between unbounded preceding and unbounded following
        ) as canonical_account_id
    from accounts
    left join sales on sales.account_id = accounts.account_id
)

select
    account_id,
    canonical_account_id,
    account_id <> canonical_account_id as is_duplicate,
    company_name,
    company_domain,
    is_deleted
from grouped
