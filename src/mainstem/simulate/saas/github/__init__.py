"""A simulated GitHub: an organization's repositories with issues, pull requests, commits, releases, stars."""

from __future__ import annotations

from mainstem.simulate.saas.github.service import GithubService

__all__ = ["GithubService"]
