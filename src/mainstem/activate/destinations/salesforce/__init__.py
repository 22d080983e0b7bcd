"""Salesforce: records of any object of an org, read by a key and written row by row.

Calls count in the budget that a connector of the same org takes from. It writes no metadata: fields that are
written have to be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.destinations.salesforce.settings import SalesforceDestinationSettings
from mainstem.activate.kind import DestinationKind, Opening

if TYPE_CHECKING:
    from mainstem.activate.contract import Destination

__all__ = ["KIND"]


def _open(opening: Opening) -> Destination:
    from mainstem.activate.destinations.salesforce.destination import open_salesforce  # brings requests

    return open_salesforce(opening)


KIND = DestinationKind("salesforce", "Salesforce", SalesforceDestinationSettings, _open)
