"""What people do in the product, and from which release on it is told.

People did all of it before: an older server is silent about it, which is not zero. Facts alone, no code.
"""

from __future__ import annotations

METRICS = {"replies": 14, "reactions": 18, "calls": 24, "playbooks": 30}
"""Metric and the number of the first release that sends it; threads come with the fourteenth."""
EVENTS = {
    "replies": ("api_posts_replied", "api"),
    "reactions": ("reactions_add", "api"),
    "calls": ("calls_joined", "calls"),
    "playbooks": ("playbooks_run_started", "playbooks"),
}
"""Metric, its event and the event's category."""
DAILY_USE = {"reactions": 0.35, "calls": 0.08, "playbooks": 0.03}
"""Of active users on a day, who use it once."""
THREADS_SINCE = METRICS["replies"]
