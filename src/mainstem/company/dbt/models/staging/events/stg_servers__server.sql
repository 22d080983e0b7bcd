-- A report counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as reported_at
    from {{ company.new_rows(ref("base_servers__server"), "message_id") }} as fresh
)

select
    id as message_id,
    user_id as server_id,
    version,
    {{ version_sort("version") }} as version_sort,
    edition,
    database_type,
    operating_system,
    installation_type,
    reported_at,
    {{ utc_date("reported_at") }} as reported_date,
    received_at,
    loaded_at
from timed
