-- Every event that can begin a session is in one; events that were loaded while the models were built wait for
-- the next build. Returns a row where sessions hold fewer or more than were there.
select counted.actions as actions_in_sessions, known.actions, known.actions_before
from (
    select coalesce(sum(page_views + downloads + trials + purchases), 0) as actions, max(loaded_at) as newest
    from {{ ref("fct_session") }}
) as counted
cross join (
    select
        count(distinct visitor_id || ':' || action_id) as actions,
        count(
            distinct case
                when loaded_at < (select max(loaded_at) from {{ ref("fct_session") }}) then visitor_id || ':' || action_id
            end
        ) as actions_before
    from {{ ref("int_website_action") }}
    where visitor_id is not null
) as known
where counted.actions > known.actions
    or counted.actions < known.actions_before
