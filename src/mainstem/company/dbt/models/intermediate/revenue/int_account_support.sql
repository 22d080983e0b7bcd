-- What each account asked support and what it thought of the answers: one row an account that ever asked.
with rated as (
    select
        account_id,
        satisfaction_score,
        satisfaction_rated_at,
        row_number() over (partition by account_id order by satisfaction_rated_at desc, ticket_id) as newness
    from {{ ref("fct_ticket") }}
    where satisfaction_score is not null
),

counted as (
    select
        ticket.account_id,
        cast(sum(case when not ticket.is_solved then 1 else 0 end) as {{ dbt.type_bigint() }}) as open_tickets,
        cast(sum(case when ticket.created_date > {{ company.add_days("as_of.as_of_date", -90) }} then 1 else 0 end) as {{ dbt.type_bigint() }}) as tickets_90d,
        cast(sum(case when ticket.satisfaction_score = 'good' and ticket.created_date > {{ company.add_days("as_of.as_of_date", -365) }} then 1 else 0 end) as {{ dbt.type_bigint() }}) as good_365d,
        cast(sum(case when ticket.satisfaction_score = 'bad' and ticket.created_date > {{ company.add_days("as_of.as_of_date", -365) }} then 1 else 0 end) as {{ dbt.type_bigint() }}) as bad_365d
    from {{ ref("fct_ticket") }} as ticket
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where ticket.account_id is not null
    group by ticket.account_id
)

select
    counted.account_id,
    counted.open_tickets,
    counted.tickets_90d,
    counted.good_365d,
    counted.bad_365d,
    rated.satisfaction_score as last_satisfaction,
    rated.satisfaction_rated_at as last_satisfaction_at
from counted
left join rated on rated.account_id = counted.account_id and rated.newness = 1
