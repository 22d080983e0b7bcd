{{ config(materialized="view") }}
-- A row is a server and a day, not a version and a day: servers counted in finer groups cannot be added up
-- (one that upgrades at noon, or is asked for by the week, would count twice), while distinct servers over
-- these rows are right under any grouping.
select
    server_day_id,
    activity_date,
    server_id,
    version,
    version_sort,
    cast(floor(version_sort / 1000000) as {{ dbt.type_int() }}) as major_version,
    edition,
    database_type,
    operating_system,
    installation_type,
    -- Missing is not zero: a server that sent no activity is unknown, not unused.
    active_users,
    registered_users
from {{ ref("fct_server_day") }}
where reports > 0
