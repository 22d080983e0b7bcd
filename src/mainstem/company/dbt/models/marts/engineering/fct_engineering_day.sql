-- How many issues each project had waiting and under way when a day ended, and how many came and were done on it.
with today as (
    select as_of_date from {{ ref("int_engineering_as_of") }}
),

first_days as (
    select
        project_key,
        min(created_date) as first_day
    from {{ ref("fct_issue") }}
    group by project_key
),

days as (
    select
        first_days.project_key,
        dates.date_day
    from {{ ref("dim_date") }} as dates
    cross join today
    inner join first_days on dates.date_day >= first_days.first_day
    where dates.date_day <= today.as_of_date
),

standing as (
    select
        issue.project_key,
        days.date_day,
        {{ company.total("case when spell.status_category = 'to_do' then 1 else 0 end") }} as to_do,
        {{ company.total("case when spell.status_category = 'in_progress' then 1 else 0 end") }} as in_progress
    from {{ ref("fct_issue_status") }} as spell
    inner join {{ ref("fct_issue") }} as issue on issue.issue_id = spell.issue_id
    inner join days
        on days.project_key = issue.project_key
        and spell.entered_date <= days.date_day
        and (spell.left_at is null or {{ utc_date("spell.left_at") }} > days.date_day)
    where spell.status_category <> 'done'
    group by issue.project_key, days.date_day
),

created as (
    select
        project_key,
        created_date,
        cast(count(*) as {{ dbt.type_bigint() }}) as issues
    from {{ ref("fct_issue") }}
    group by project_key, created_date
),

done as (
    select
        project_key,
        done_date,
        cast(count(*) as {{ dbt.type_bigint() }}) as issues,
        {{ company.total("coalesce(story_points, 0)") }} as points
    from {{ ref("fct_issue") }}
    where done_date is not null
    group by project_key, done_date
)

select
    days.project_key || ' ' || cast(days.date_day as {{ dbt.type_string() }}) as engineering_day_id,
    days.project_key,
    days.date_day,
    coalesce(standing.to_do, 0) as to_do_issues,
    coalesce(standing.in_progress, 0) as in_progress_issues,
    coalesce(created.issues, 0) as created_issues,
    coalesce(done.issues, 0) as done_issues,
    coalesce(done.points, 0) as done_points
from days
left join standing on standing.project_key = days.project_key and standing.date_day = days.date_day
left join created on created.project_key = days.project_key and created.created_date = days.date_day
left join done on done.project_key = days.project_key and done.done_date = days.date_day
