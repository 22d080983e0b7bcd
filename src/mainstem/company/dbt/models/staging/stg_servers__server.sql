-- What an installation said it is, once a message: the row received last stands, as in a merge on id.
with numbered as (
    select
        *,
        row_number() over (partition by id order by received_at desc) as copy
    from {{ ref("base_servers__server") }}
),

timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as reported_at
    from numbered
    where copy = 1
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
    received_at
from timed
