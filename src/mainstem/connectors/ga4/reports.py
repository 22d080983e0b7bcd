"""The reports that are read without being asked for: what Analytics itself shows first, a table each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.ga4.settings import Report

if TYPE_CHECKING:
    from mainstem.connectors.ga4.settings import Ga4Settings

_TRAFFIC = (
    "totalUsers",
    "sessions",
    "engagedSessions",
    "engagementRate",
    "eventsPerSession",
    "eventCount",
    "keyEvents",
    "totalRevenue",
    "userEngagementDuration",
)
_ACQUIRED = (
    "totalUsers",
    "newUsers",
    "engagedSessions",
    "engagementRate",
    "eventCount",
    "keyEvents",
    "totalRevenue",
    "userEngagementDuration",
)
_PAGES = (
    "screenPageViews",
    "totalUsers",
    "newUsers",
    "eventCount",
    "keyEvents",
    "totalRevenue",
    "userEngagementDuration",
)
_PEOPLE = ("totalUsers", "newUsers", "engagedSessions", "engagementRate", "keyEvents", "totalRevenue")
_TECH = (*_PEOPLE, "eventCount")

DEFAULTS = {
    name: Report(dimensions=dimensions, metrics=metrics)
    for name, dimensions, metrics in (
        ("traffic_acquisition_session_source_medium_report", ("sessionSource", "sessionMedium"), _TRAFFIC),
        (
            "traffic_acquisition_session_default_channel_grouping_report",
            ("sessionDefaultChannelGroup",),
            _TRAFFIC,
        ),
        ("traffic_acquisition_session_campaign_report", ("sessionCampaignName",), _TRAFFIC),
        (
            "user_acquisition_first_user_source_medium_report",
            ("firstUserSource", "firstUserMedium"),
            _ACQUIRED,
        ),
        (
            "events_report",
            ("eventName",),
            ("eventCount", "totalUsers", "eventCountPerUser", "totalRevenue"),
        ),
        ("conversions_report", ("eventName",), ("keyEvents", "totalUsers", "totalRevenue")),
        ("pages_path_report", ("pagePath",), _PAGES),
        ("pages_title_and_screen_name_report", ("unifiedScreenName",), _PAGES),
        ("demographic_country_report", ("country",), _PEOPLE),
        ("tech_browser_report", ("browser",), _TECH),
        ("tech_device_category_report", ("deviceCategory",), _TECH),
        ("tech_operating_system_report", ("operatingSystem",), _TECH),
    )
}


def reports_of(settings: Ga4Settings) -> dict[str, Report]:
    """By table; one of a project's own stands in the place of a usual one with its name."""
    return {**(DEFAULTS if settings.default_reports else {}), **settings.reports}
