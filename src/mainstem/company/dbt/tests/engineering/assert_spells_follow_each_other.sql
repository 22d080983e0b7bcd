-- A spell begins when the one before it ended, none lasts less than nothing, and one a issue is the current one.
with spells as (
    select
        *,
        lag(left_at) over (partition by issue_id order by spell) as ended_before,
        sum(case when is_current then 1 else 0 end) over (partition by issue_id) as current_spells
    from {{ ref("fct_issue_status") }}
)

select * from spells
where hours < 0
    or current_spells <> 1
    or (spell > 1 and entered_at <> ended_before)
