-- A question counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as checked_at
    from {{ company.new_rows(ref("base_servers__version_checks"), "message_id") }} as fresh
)

select
    id as message_id,
    user_id as server_id,
    version,
    {{ version_sort("version") }} as version_sort,
    edition,
    checked_at,
    {{ utc_date("checked_at") }} as checked_date,
    received_at,
    loaded_at
from timed
