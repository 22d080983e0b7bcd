"""The streams of Zendesk and their tables: names and types as fivetran's dbt_zendesk has them.

Columns that Zendesk adds, custom fields among them, come beside these when a row brings them.
"""

from __future__ import annotations

from mainstem.connectors.letters import B, I, J, S, T
from mainstem.connectors.streams import Deletes, Stream, Table

TICKET = Table(
    "ticket",
    ("id",),
    {
        "id": I, "url": S, "external_id": S, "created_at": T, "updated_at": T, "type": S, "subject": S,
        "description": S, "priority": S, "status": S, "recipient": S, "requester_id": I,
        "submitter_id": I, "assignee_id": I, "organization_id": I, "group_id": I, "brand_id": I,
        "forum_topic_id": I, "problem_id": I, "has_incidents": B, "is_public": B, "due_at": T,
        "ticket_form_id": I, "allow_channelback": B, "merged_ticket_ids": J, "via_channel": S,
        "via_source_from_id": I, "via_source_from_title": S, "via_source_from_address": S,
        "via_source_rel": S, "via_source_to_address": S, "via_source_to_name": S,
    },
    version="updated_at",
    emails=("recipient", "via_source_from_address"),
)  # fmt: skip
TICKET_TAG = Table("ticket_tag", ("ticket_id", "tag"), {"ticket_id": I, "tag": S}, owner="ticket_id")
TICKET_METRIC = Table(
    "ticket_metric",
    ("id",),
    {
        "id": I, "ticket_id": I, "created_at": T, "updated_at": T, "group_stations": I,
        "assignee_stations": I, "reopens": I, "replies": I, "assignee_updated_at": T,
        "requester_updated_at": T, "status_updated_at": T, "initially_assigned_at": T, "assigned_at": T,
        "solved_at": T, "latest_comment_added_at": T,
        "reply_time_in_minutes_calendar": I, "reply_time_in_minutes_business": I,
        "first_resolution_time_in_minutes_calendar": I, "first_resolution_time_in_minutes_business": I,
        "full_resolution_time_in_minutes_calendar": I, "full_resolution_time_in_minutes_business": I,
        "agent_wait_time_in_minutes_calendar": I, "agent_wait_time_in_minutes_business": I,
        "requester_wait_time_in_minutes_calendar": I, "requester_wait_time_in_minutes_business": I,
        "on_hold_time_in_minutes_calendar": I, "on_hold_time_in_minutes_business": I,
    },
    version="updated_at",
)  # fmt: skip
TICKET_COMMENT = Table(
    "ticket_comment",
    ("id",),
    {
        "id": I, "ticket_id": I, "user_id": I, "created": T, "body": S, "public": B,
        "facebook_comment": B, "tweet": B, "voice_comment": B,
    },
)  # fmt: skip
TICKET_FIELD_HISTORY = Table(
    "ticket_field_history",
    ("ticket_id", "field_name", "updated"),
    {"ticket_id": I, "field_name": S, "updated": T, "user_id": I, "value": S},
)
TICKET_SCHEDULE = Table(
    "ticket_schedule",
    ("ticket_id", "created_at"),
    {"ticket_id": I, "created_at": T, "schedule_id": I},
)
USER = Table(
    "user",
    ("id",),
    {
        "id": I, "url": S, "name": S, "email": S, "created_at": T, "updated_at": T, "time_zone": S,
        "phone": S, "locale": S, "locale_id": I, "organization_id": I, "role": S, "verified": B,
        "external_id": S, "alias": S, "active": B, "shared": B, "shared_agent": B, "last_login_at": T,
        "two_factor_auth_enabled": B, "signature": S, "details": S, "notes": S, "moderator": B,
        "ticket_restriction": S, "only_private_comments": B, "restricted_agent": B, "suspended": B,
        "chat_only": B,
    },
    version="updated_at",
)  # fmt: skip
USER_TAG = Table("user_tag", ("user_id", "tag"), {"user_id": I, "tag": S}, owner="user_id")
ORGANIZATION = Table(
    "organization",
    ("id",),
    {
        "id": I, "url": S, "name": S, "external_id": S, "created_at": T, "updated_at": T, "details": S,
        "notes": S, "group_id": I, "shared_tickets": B, "shared_comments": B,
    },
    version="updated_at",
)  # fmt: skip
ORGANIZATION_TAG = Table(
    "organization_tag",
    ("organization_id", "tag"),
    {"organization_id": I, "tag": S},
    owner="organization_id",
)
DOMAIN_NAME = Table(
    "domain_name",
    ("organization_id", "index"),
    {"organization_id": I, "index": I, "domain_name": S},
    owner="organization_id",
)
METRIC_EVENT = Table(
    "ticket_metric_event",
    ("id",),
    {
        "id": I, "ticket_id": I, "metric": S, "instance_id": I, "type": S, "time": T, "sla": J,
        "status_calendar": I, "status_business": I,
    },
)  # fmt: skip
TICKET_SLA_POLICY = Table(
    "ticket_sla_policy",
    ("ticket_id", "sla_policy_id", "policy_applied_at"),
    {"ticket_id": I, "sla_policy_id": I, "policy_applied_at": T},
)
SATISFACTION_RATING = Table(
    "satisfaction_rating",
    ("id",),
    {
        "id": I, "url": S, "assignee_id": I, "group_id": I, "requester_id": I, "ticket_id": I, "score": S,
        "comment": S, "reason": S, "created_at": T, "updated_at": T,
    },
    version="updated_at",
)  # fmt: skip
SLA_POLICY = Table(
    "sla_policy",
    ("id",),
    {
        "id": I, "url": S, "title": S, "description": S, "position": I, "filter": J, "created_at": T,
        "updated_at": T,
    },
)  # fmt: skip
SLA_METRIC = Table(
    "sla_policy_metric_history",
    ("sla_policy_id", "sla_policy_updated_at", "index"),
    {
        "sla_policy_id": I, "sla_policy_updated_at": T, "index": I, "metric": S, "priority": S,
        "business_hours": B, "target": I,
    },
    history=True,
)  # fmt: skip
SCHEDULE = Table(
    "schedule",
    ("id", "start_time"),
    {
        "id": I, "name": S, "time_zone": S, "start_time": I, "end_time": I, "start_time_utc": I,
        "end_time_utc": I, "created_at": T,
    },
)  # fmt: skip
HOLIDAY = Table(
    "schedule_holiday",
    ("id",),
    {"id": I, "schedule_id": I, "name": S, "start_date": S, "end_date": S},
)
TIME_ZONE = Table("time_zone", ("time_zone",), {"time_zone": S, "standard_offset": S})
DAYLIGHT_TIME = Table(
    "daylight_time",
    ("time_zone", "year"),
    {
        "time_zone": S, "year": I, "daylight_start_utc": T, "daylight_end_utc": T, "daylight_offset": I,
    },
)  # fmt: skip
GROUP = Table("group", ("id",), {"id": I, "url": S, "name": S, "created_at": T, "updated_at": T})
BRAND = Table(
    "brand",
    ("id",),
    {
        "id": I, "url": S, "name": S, "subdomain": S, "brand_url": S, "active": B, "has_help_center": B,
        "help_center_state": S,
    },
)  # fmt: skip

STREAMS = (
    Stream("tickets", (TICKET, TICKET_TAG, TICKET_METRIC), Deletes.TOLD, ranges=True),
    Stream("ticket_events", (TICKET_COMMENT, TICKET_FIELD_HISTORY, TICKET_SCHEDULE), ranges=True),
    Stream("ticket_metric_events", (METRIC_EVENT, TICKET_SLA_POLICY), ranges=True),
    Stream("users", (USER, USER_TAG), Deletes.TOLD, ranges=True),
    Stream("organizations", (ORGANIZATION, ORGANIZATION_TAG, DOMAIN_NAME), Deletes.TOLD, ranges=True),
    Stream("satisfaction_ratings", (SATISFACTION_RATING,), Deletes.UNKNOWN, ranges=True),
    Stream("sla_policies", (SLA_POLICY, SLA_METRIC), Deletes.LISTING),
    Stream("schedules", (SCHEDULE, HOLIDAY, TIME_ZONE, DAYLIGHT_TIME), Deletes.LISTING),
    Stream("groups", (GROUP,), Deletes.LISTING),
    Stream("brands", (BRAND,), Deletes.LISTING),
)
