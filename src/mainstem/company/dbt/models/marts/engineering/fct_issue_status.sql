-- Spells of issues in a status, from the changelog. What an issue was before its first change stands in that change.
with issues as (
    select * from {{ ref("stg_engineering__issues") }} where not is_deleted and created_at is not null
),

changes as (
    select
        change.issue_id,
        change.change_id,
        lower(trim(change.value_before)) as status_before,
        lower(trim(change.value_after)) as status,
        greatest(change.changed_at, issues.created_at) as changed_at,
        row_number() over (partition by change.issue_id order by change.changed_at, change.change_id) as number_of_change
    from {{ ref("stg_engineering__issue_changelog") }} as change
    inner join issues on issues.issue_id = change.issue_id
    where change.field_name = 'status'
        and not change.is_deleted
),

begun as (
    select
        issues.issue_id,
        '' as change_id,
        coalesce(nullif(first_change.status_before, ''), issues.status) as status,
        issues.created_at as entered_at
    from issues
    left join changes as first_change
        on first_change.issue_id = issues.issue_id
        and first_change.number_of_change = 1
    where first_change.issue_id is null
        or (nullif(first_change.status_before, '') is not null and first_change.changed_at > issues.created_at)
    union all
    select issue_id, change_id, status, changed_at from changes
),

numbered as (
    select
        issue_id,
        status,
        entered_at,
        lead(entered_at) over (partition by issue_id order by entered_at, change_id) as left_at,
        cast(row_number() over (partition by issue_id order by entered_at, change_id) as {{ dbt.type_bigint() }}) as spell
    from begun
    where status is not null
)

select
    numbered.issue_id || '-' || cast(numbered.spell as {{ dbt.type_string() }}) as issue_status_id,
    numbered.issue_id,
    numbered.spell,
    numbered.status,
    {{ company.status_category("numbered.status") }} as status_category,
    {{ company.is_one_of("numbered.status", "engineering_active_statuses") }} as is_active,
    numbered.entered_at,
    {{ utc_date("numbered.entered_at") }} as entered_date,
    numbered.left_at,
    numbered.left_at is null as is_current,
    cast({{ company.hours_between("numbered.entered_at", "coalesce(numbered.left_at, today.as_of)") }} as double) as hours
from numbered
cross join {{ ref("int_engineering_as_of") }} as today
