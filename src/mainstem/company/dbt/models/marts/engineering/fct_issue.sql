-- An issue and its times: cycle is from the first time in progress to the last time done, lead from when it was written.
with spells as (
    select
        *,
        lag(status_category) over (partition by issue_id order by spell) as category_before
    from {{ ref("fct_issue_status") }}
),

times as (
    select
        issue_id,
        min(case when status_category = 'in_progress' then entered_at end) as first_in_progress_at,
        min(case when status_category = 'done' then entered_at end) as first_done_at,
        max(case when status_category = 'done' and coalesce(category_before, '') <> 'done' then entered_at end) as last_done_at,
        {{ company.total("case when category_before = 'done' and status_category <> 'done' then 1 else 0 end") }} as reopens,
        sum(case when is_active then hours else 0 end) as active_hours,
        max(case when is_current then status end) as current_status,
        max(case when is_current then status_category end) as current_category,
        max(case when is_current then entered_at end) as in_status_since,
        max(case when is_current then hours end) as in_status_hours
    from spells
    group by issue_id
),

moves as (
    select
        issue_id,
        cast(count(*) as {{ dbt.type_bigint() }}) as moves,
        min(changed_at) as first_moved_at
    from {{ ref("stg_engineering__issue_changelog") }}
    where field_name = 'project'
        and not is_deleted
    group by issue_id
),

first_project as (
    select
        change.issue_id,
        min(change.value_before) as project_key
    from {{ ref("stg_engineering__issue_changelog") }} as change
    inner join moves on moves.issue_id = change.issue_id and moves.first_moved_at = change.changed_at
    where change.field_name = 'project'
        and not change.is_deleted
    group by change.issue_id
)

select
    issue.issue_id,
    issue.issue_key,
    issue.project_key,
    coalesce(nullif(first_project.project_key, ''), issue.project_key) as first_project_key,
    issue.issue_type,
    issue.story_points,
    issue.sprint_id,
    issue.is_added_after_start,
    times.current_status as status,
    times.current_category as status_category,
    times.in_status_since,
    cast(times.in_status_hours as double) as in_status_hours,
    issue.created_at,
    {{ utc_date("issue.created_at") }} as created_date,
    times.first_in_progress_at,
    times.first_done_at,
    case when times.current_category = 'done' then times.last_done_at end as done_at,
    case when times.current_category = 'done' then {{ utc_date("times.last_done_at") }} end as done_date,
    times.current_category = 'done' as is_done,
    cast(case
        when times.current_category = 'done'
            then {{ company.hours_between("issue.created_at", "times.last_done_at") }}
    end as double) as lead_time_hours,
    cast(case
        when times.current_category = 'done' and times.first_in_progress_at <= times.last_done_at
            then {{ company.hours_between("times.first_in_progress_at", "times.last_done_at") }}
    end as double) as cycle_time_hours,
    cast(times.active_hours as double) as active_hours,
    cast(case
        when times.current_category = 'done' and times.first_in_progress_at < times.last_done_at
            then least(times.active_hours / nullif({{ company.hours_between("times.first_in_progress_at", "times.last_done_at") }}, 0), 1)
    end as double) as flow_efficiency,
    times.reopens,
    coalesce(moves.moves, 0) as moves
from {{ ref("stg_engineering__issues") }} as issue
inner join times on times.issue_id = issue.issue_id
left join moves on moves.issue_id = issue.issue_id
left join first_project on first_project.issue_id = issue.issue_id
where not issue.is_deleted
