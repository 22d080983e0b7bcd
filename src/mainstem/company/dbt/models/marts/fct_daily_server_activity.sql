-- A row is a server and a day, not a version and a day: servers counted in finer groups cannot be added up
-- (one that upgrades at noon, or is asked for by the week, would count twice), while distinct servers over
-- these rows are right under any grouping.
with last_of_day as (
    select
        *,
        row_number() over (
            partition by server_id, reported_date order by reported_at desc, message_id desc
        ) as newness
    from {{ ref("stg_servers__server") }}
),

activity_of_day as (
    select
        *,
        row_number() over (
            partition by server_id, reported_date order by reported_at desc, message_id desc
        ) as newness
    from {{ ref("stg_servers__activity") }}
)

select
    server.server_id || ':' || cast(server.reported_date as {{ dbt.type_string() }}) as server_day_id,
    server.reported_date as activity_date,
    server.server_id,
    server.version,
    server.version_sort,
    cast(floor(server.version_sort / 1000000) as {{ dbt.type_int() }}) as major_version,
    server.edition,
    server.database_type,
    server.operating_system,
    server.installation_type,
    -- Missing is not zero: a server that sent no activity is unknown, not unused.
    activity.active_users,
    activity.registered_users
from last_of_day as server
left join activity_of_day as activity
    on activity.server_id = server.server_id
    and activity.reported_date = server.reported_date
    and activity.newness = 1
where server.newness = 1
    and server.server_id is not null
