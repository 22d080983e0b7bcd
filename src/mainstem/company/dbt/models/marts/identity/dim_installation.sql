with members as (
    select
        installation_id,
        min(first_seen_at) as first_seen_at,
        cast(sum(case when id_type = 'server' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_servers,
        cast(sum(case when id_type = 'licence' then 1 else 0 end) as {{ dbt.type_bigint() }}) as n_licences
    from {{ ref("bdg_installation_id") }}
    group by installation_id
),

accounts as (
    select ids.installation_id, servers.account_id
    from {{ ref("bdg_installation_id") }} as ids
    inner join {{ ref("bdg_server_account") }} as servers
        on servers.server_id = ids.id_value and servers.is_current
    where ids.id_type = 'server'
    group by 1, 2
),

single as (
    select installation_id, min(account_id) as account_id
    from accounts
    group by installation_id
    having count(*) = 1
)

select
    members.installation_id,
    members.first_seen_at,
    members.n_servers,
    members.n_licences,
    single.account_id
from members
left join single on single.installation_id = members.installation_id
