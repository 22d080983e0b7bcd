"""A Salesforce org that does not exist."""

from __future__ import annotations

from mainstem.simulate.saas.salesforce.service import SalesforceService

__all__ = ["SalesforceService"]
