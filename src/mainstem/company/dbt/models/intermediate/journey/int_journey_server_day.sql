-- Days on which servers of known licences reported, with how many people used them.
with licences_of_servers as (
    select server_id, licence_id, min(reported_at) as first_reported_at
    from {{ ref("stg_servers__license") }}
    where server_id is not null
        and licence_id is not null
    group by server_id, licence_id
),

owners as (
    select
        reports.server_id,
        reports.licence_id,
        reports.first_reported_at,
        licences.account_id,
        licences.person_id,
        row_number() over (
            partition by reports.server_id, coalesce(licences.account_id, licences.person_id)
            order by reports.first_reported_at, reports.licence_id
        ) as place
    from licences_of_servers as reports
    inner join {{ ref("int_journey_licence") }} as licences on licences.licence_id = reports.licence_id
    {%- if var("journey_product") %}
    inner join {{ ref("dim_server") }} as servers on servers.server_id = reports.server_id
    where not servers.is_excluded
        and coalesce(licences.account_id, licences.person_id) is not null
    {%- else %}
    where coalesce(licences.account_id, licences.person_id) is not null
    {%- endif %}
)

select
    coalesce(owners.account_id, owners.person_id) as journey_id,
    owners.account_id,
    owners.person_id,
    owners.server_id,
    owners.licence_id,
    owners.first_reported_at,
    days.activity_date,
    days.active_users,
    days.built_at
from owners
inner join {{ ref("fct_server_day") }} as days on days.server_id = owners.server_id
where owners.place = 1
    and days.reports > 0
    and days.activity_date >= {{ company.utc_date("owners.first_reported_at") }}
