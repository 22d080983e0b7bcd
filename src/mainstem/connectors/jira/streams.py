"""The streams of Jira and their tables: names and types as fivetran's dbt_jira has them.

Custom fields of one value come beside these as `custom_<name>` when an issue brings them.
"""

from __future__ import annotations

from mainstem.connectors.letters import B, F, I, S, T
from mainstem.connectors.streams import Deletes, Stream, Table

ISSUE = Table(
    "issue",
    ("id",),
    {
        "id": I, "key": S, "summary": S, "description": S, "environment": S, "project": I, "issue_type": I,
        "status": I, "priority": I, "resolution": I, "assignee": S, "reporter": S, "creator": S,
        "parent_id": I, "created": T, "updated": T, "resolved": T, "status_category_changed": T,
        "due_date": S, "original_estimate": F, "remaining_estimate": F, "time_spent": F,
        "_original_estimate": F, "_remaining_estimate": F, "_time_spent": F, "work_ratio": F,
    },
    version="updated",
)  # fmt: skip
FIELD_HISTORY = Table(
    "issue_field_history",
    ("issue_id", "field_id", "time"),
    {"issue_id": I, "field_id": S, "time": T, "value": S, "author_id": S, "is_active": B},
    owner="issue_id",
)
MULTISELECT_HISTORY = Table(
    "issue_multiselect_history",
    ("_fivetran_id",),
    {
        "_fivetran_id": S, "issue_id": I, "field_id": S, "time": T, "value": S, "author_id": S,
        "is_active": B,
    },
    owner="issue_id",
)  # fmt: skip
ISSUE_LINK = Table(
    "issue_link",
    ("issue_id", "related_issue_id", "relationship"),
    {"issue_id": I, "related_issue_id": I, "relationship": S},
    owner="issue_id",
)
COMMENT = Table(
    "comment",
    ("id",),
    {
        "id": I, "issue_id": I, "author_id": S, "update_author_id": S, "body": S, "created": T, "updated": T,
        "is_public": B,
    },
    owner="issue_id",
)  # fmt: skip
WORKLOG = Table(
    "worklog",
    ("id",),
    {
        "id": I, "issue_id": I, "author_id": S, "update_author_id": S, "comment": S, "created": T,
        "updated": T, "started": T, "time_spent_seconds": I,
    },
    version="updated",
)  # fmt: skip
BOARD = Table("board", ("id",), {"id": I, "name": S, "type": S})
PROJECT_BOARD = Table("project_board", ("project_id", "board_id"), {"project_id": I, "board_id": I})
SPRINT = Table(
    "sprint",
    ("id",),
    {
        "id": I, "board_id": I, "name": S, "goal": S, "state": S, "start_date": T, "end_date": T,
        "complete_date": T,
    },
)  # fmt: skip
PROJECT = Table(
    "project",
    ("id",),
    {
        "id": I, "key": S, "name": S, "description": S, "lead_id": S, "project_category_id": I,
        "permission_scheme_id": I, "project_type_key": S,
    },
)  # fmt: skip
PROJECT_CATEGORY = Table("project_category", ("id",), {"id": I, "name": S, "description": S})
COMPONENT = Table("component", ("id",), {"id": I, "project_id": I, "name": S, "description": S})
VERSION = Table(
    "version",
    ("id",),
    {
        "id": I, "project_id": I, "name": S, "description": S, "archived": B, "released": B, "overdue": B,
        "start_date": S, "release_date": S,
    },
)  # fmt: skip
USER = Table(
    "user",
    ("id",),
    {
        "id": S, "name": S, "username": S, "email": S, "locale": S, "time_zone": S, "is_active": B,
        "account_type": S,
    },
)  # fmt: skip
FIELD = Table(
    "field",
    ("id",),
    {"id": S, "name": S, "is_array": B, "is_custom": B, "type": S, "issue_column": S},
)
FIELD_OPTION = Table("field_option", ("id",), {"id": I, "parent_id": I, "name": S})
STATUS = Table("status", ("id",), {"id": I, "name": S, "description": S, "status_category_id": I})
STATUS_CATEGORY = Table("status_category", ("id",), {"id": I, "name": S})
ISSUE_TYPE = Table("issue_type", ("id",), {"id": I, "name": S, "description": S, "subtask": B})
PRIORITY = Table("priority", ("id",), {"id": I, "name": S, "description": S})
RESOLUTION = Table("resolution", ("id",), {"id": I, "name": S, "description": S})

STREAMS = (
    Stream(
        "issues",
        (ISSUE, FIELD_HISTORY, MULTISELECT_HISTORY, ISSUE_LINK, COMMENT),
        Deletes.TOLD,
        ranges=True,
    ),
    Stream("worklogs", (WORKLOG,), Deletes.TOLD, ranges=True),
    Stream("boards", (BOARD, PROJECT_BOARD), Deletes.LISTING),
    Stream("sprints", (SPRINT,), Deletes.LISTING),
    Stream("projects", (PROJECT, PROJECT_CATEGORY), Deletes.LISTING),
    Stream("components", (COMPONENT,), Deletes.LISTING),
    Stream("versions", (VERSION,), Deletes.LISTING),
    Stream("users", (USER,), Deletes.LISTING),
    Stream("fields", (FIELD,), Deletes.LISTING),
    Stream("field_options", (FIELD_OPTION,), Deletes.LISTING),
    Stream("statuses", (STATUS, STATUS_CATEGORY), Deletes.LISTING),
    Stream("issue_types", (ISSUE_TYPE,), Deletes.LISTING),
    Stream("priorities", (PRIORITY,), Deletes.LISTING),
    Stream("resolutions", (RESOLUTION,), Deletes.LISTING),
)
