{{ config(materialized="view") }}
-- What visitors did on the website, of all kinds that can begin a visit. A view: a table would hold every event
-- a second time, and be written anew by every build.
select 'page' as action, page_view_id as action_id, visitor_id, user_id, viewed_at as acted_at, page_path,
    campaign_source, campaign_medium, campaign_name, referrer, loaded_at
from {{ ref("stg_website__pages") }}

union all

select 'download', download_id, visitor_id, user_id, clicked_at, page_path,
    campaign_source, campaign_medium, campaign_name, referrer, loaded_at
from {{ ref("stg_website__downloads") }}

union all

select 'trial', trial_id, visitor_id, user_id, started_at, page_path,
    campaign_source, campaign_medium, campaign_name, referrer, loaded_at
from {{ ref("stg_website__trials") }}

union all

select 'purchase', purchase_id, visitor_id, user_id, purchased_at, page_path,
    campaign_source, campaign_medium, campaign_name, referrer, loaded_at
from {{ ref("stg_website__purchases") }}
