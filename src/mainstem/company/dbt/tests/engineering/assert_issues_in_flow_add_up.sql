-- What came less what was done is what is open in the end, in every project.
with total as (
    select
        project_key,
        max(date_day) as last_day,
        sum(created_issues) as created,
        sum(done_issues) as done
    from {{ ref("fct_engineering_day") }}
    group by project_key
)

select
    total.project_key,
    total.created - total.done as open_by_flow,
    last.to_do_issues + last.in_progress_issues as open_by_status
from total
inner join {{ ref("fct_engineering_day") }} as last
    on last.project_key = total.project_key
    and last.date_day = total.last_day
where total.created - total.done <> last.to_do_issues + last.in_progress_issues
