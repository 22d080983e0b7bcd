select
    id as sprint_id,
    name as sprint_name,
    project as project_key,
    start_at as starts_at,
    end_at as ends_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_engineering__sprints") }}
