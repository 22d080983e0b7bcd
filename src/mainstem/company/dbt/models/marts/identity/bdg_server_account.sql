-- A server belongs to the account of the licence it ran with last: from the first report of a licence to the
-- first report of the next one, and back when the earlier one is reported again.
with reported as (
    select server_id, licence_id, first_seen_at, last_seen_at
    from {{ ref("int_server_licences") }}
    where refused is null
),

spans as (
    select server_id, licence_id, first_seen_at as valid_from from reported
    union all
    -- The one reported last of all, where another one began after it.
    select server_id, licence_id, others_last_at as valid_from
    from (
        select
            reported.*,
            max(case when other.licence_id <> reported.licence_id then other.last_seen_at end) as others_last_at,
            max(case when other.licence_id <> reported.licence_id then other.first_seen_at end) as others_first_at
        from reported
        inner join reported as other on other.server_id = reported.server_id
        group by 1, 2, 3, 4
    ) as compared
    where others_first_at > first_seen_at and last_seen_at > others_last_at
),

ended as (
    select
        *,
        lead(valid_from) over (partition by server_id order by valid_from, licence_id) as next_at
    from spans
)

select
    ended.server_id || '/' || ended.licence_id || '/' || cast(ended.valid_from as {{ dbt.type_string() }}) as server_account_id,
    ended.server_id,
    licences.account_id,
    ended.licence_id,
    ended.valid_from,
    coalesce(ended.next_at, {{ company.always_after() }}) as valid_to,
    ended.next_at is null as is_current,
    licences.evidence
from ended
inner join {{ ref("bdg_licence_account") }} as licences on licences.licence_id = ended.licence_id
where ended.next_at is null or ended.next_at > ended.valid_from
