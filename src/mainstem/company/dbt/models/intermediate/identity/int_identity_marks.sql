{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="mark_id") }}
-- Every event that says who a visitor is: it carries a user id or an e-mail. A message that came twice is one, as it
-- came first, also where its copy comes in a later build.
with fresh as (
    select 'identify' as evidence, id, visitor_id, user_id, email, seen_at, loaded_at from (
        {{ company.newly_loaded({"stg_website__identifies": "identified_at"}, ["identify_id as id", "visitor_id", "user_id", "email"]) }}
    ) as identifies
    union all
    select 'alias' as evidence, id, previous_id as visitor_id, user_id, cast(null as {{ dbt.type_string() }}) as email, seen_at, loaded_at from (
        {{ company.newly_loaded({"stg_website__aliases": "aliased_at"}, ["alias_id as id", "previous_id", "user_id"]) }}
    ) as aliases
    {%- for model, key, moment in [
        ("stg_website__pages", "page_view_id", "viewed_at"),
        ("stg_website__aliases", "alias_id", "aliased_at"),
        ("stg_website__downloads", "download_id", "clicked_at"),
        ("stg_website__trials", "trial_id", "started_at"),
        ("stg_website__purchases", "purchase_id", "purchased_at"),
        ("stg_website__experiment_views", "experiment_view_id", "viewed_at"),
    ] %}
    union all
    select 'event' as evidence, id, visitor_id, user_id, cast(null as {{ dbt.type_string() }}) as email, seen_at, loaded_at from (
        {{ company.newly_loaded({model: moment}, [key ~ " as id", "visitor_id", "user_id"]) }}
    ) as {{ model }}
    {%- endfor %}
),

marks as (
    select
        evidence || ':' || id as mark_id,
        evidence,
        visitor_id,
        user_id,
        email,
        seen_at as marked_at,
        loaded_at
    from fresh
    where id is not null
        and visitor_id is not null
        and (user_id is not null or email is not null)
    {%- if is_incremental() %}
    union all
    select mark_id, evidence, visitor_id, user_id, email, marked_at, loaded_at
    from {{ this }}
    where mark_id in (select evidence || ':' || id from fresh)
    {%- endif %}
),

numbered as (
    select *, row_number() over (partition by mark_id order by loaded_at, marked_at) as copy
    from marks
)

select mark_id, evidence, visitor_id, user_id, email, marked_at, loaded_at
from numbered
where copy = 1
