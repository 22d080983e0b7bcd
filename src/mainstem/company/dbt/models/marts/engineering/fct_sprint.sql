-- What a sprint promised, what came on top while it ran, and what of both was done before it ended.
with sorted as (
    select
        sprint.sprint_id,
        sprint.sprint_name,
        sprint.project_key,
        sprint.starts_at,
        sprint.ends_at,
        today.as_of >= sprint.ends_at as is_over,
        issue.issue_id,
        coalesce(issue.story_points, 0) as points,
        issue.is_added_after_start as is_added,
        coalesce(issue.done_at < sprint.ends_at, false) as is_completed
    from {{ ref("stg_engineering__sprints") }} as sprint
    cross join {{ ref("int_engineering_as_of") }} as today
    left join {{ ref("fct_issue") }} as issue on issue.sprint_id = sprint.sprint_id
    where not sprint.is_deleted
)

select
    sprint_id,
    sprint_name,
    project_key,
    starts_at,
    {{ utc_date("starts_at") }} as starts_on,
    ends_at,
    is_over,
    {{ company.total("case when issue_id is not null and not is_added then 1 else 0 end") }} as committed_issues,
    {{ company.total("case when issue_id is not null and is_added then 1 else 0 end") }} as added_issues,
    {{ company.total("case when issue_id is not null and is_completed then 1 else 0 end") }} as completed_issues,
    {{ company.total("case when issue_id is not null and is_completed and not is_added then 1 else 0 end") }} as completed_committed_issues,
    {{ company.total("case when not is_added then points else 0 end") }} as committed_points,
    {{ company.total("case when is_added then points else 0 end") }} as added_points,
    {{ company.total("case when is_completed then points else 0 end") }} as completed_points
from sorted
group by sprint_id, sprint_name, project_key, starts_at, ends_at, is_over
