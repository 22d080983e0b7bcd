"""A simulated Zendesk account."""

from __future__ import annotations

from mainstem.simulate.saas.zendesk.service import ZendeskService

__all__ = ["ZendeskService"]
