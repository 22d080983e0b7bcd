-- What the people of each account did on the website: one row an account with a person whose browser is known.
with visitors as (
    select
        person.account_id,
        visitor.visitor_id,
        visitor.valid_from,
        visitor.valid_to
    from {{ ref("bdg_person_account") }} as person
    inner join {{ ref("bdg_visitor_person") }} as visitor on visitor.person_id = person.person_id
),

visits as (
    select
        visitors.account_id,
        cast(sum(case when session.session_date > {{ company.add_days("as_of.as_of_date", -30) }} then 1 else 0 end) as {{ dbt.type_bigint() }}) as web_visits_30d,
        cast(coalesce(sum(case when session.session_date > {{ company.add_days("as_of.as_of_date", -30) }} then session.trials end), 0) as {{ dbt.type_bigint() }}) as trials_30d,
        max(session.started_at) as last_visit_at
    from visitors
    cross join {{ ref("int_revenue_as_of") }} as as_of
    inner join {{ ref("fct_session") }} as session
        on session.visitor_id = visitors.visitor_id
        and session.started_at >= visitors.valid_from
        and session.started_at < visitors.valid_to
        and session.session_date <= as_of.as_of_date
    group by visitors.account_id
),

touches as (
    select
        visitors.account_id,
        touch.channel,
        touch.touched_at,
        row_number() over (partition by visitors.account_id order by touch.touched_at, touch.touch_id) as place
    from visitors
    inner join {{ ref("fct_touch") }} as touch
        on touch.visitor_id = visitors.visitor_id
        and touch.touched_at >= visitors.valid_from
        and touch.touched_at < visitors.valid_to
)

select
    visits.account_id,
    visits.web_visits_30d,
    visits.trials_30d,
    visits.last_visit_at,
    touches.channel as first_touch_channel,
    touches.touched_at as first_touch_at
from visits
left join touches on touches.account_id = visits.account_id and touches.place = 1
