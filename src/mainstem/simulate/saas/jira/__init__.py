"""A simulated site of Jira Cloud."""

from __future__ import annotations

from mainstem.simulate.saas.jira.service import JiraService

__all__ = ["JiraService"]
