select
    id as issue_id,
    coalesce("key", id) as issue_key,
    project as project_key,
    lower(trim("type")) as issue_type,
    story_points,
    sprint as sprint_id,
    lower(trim(status)) as status,
    coalesce(added_after_start, false) as is_added_after_start,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_engineering__issues") }}
