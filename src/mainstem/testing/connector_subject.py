"""What the contract suite wants to know of one connector and the simulated service behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.simulate.saas import ControlledClock, Service

Rows: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""By the text of the key: values of columns that are compared, as the warehouse gives them."""


class ConnectorSubject(ABC):
    """A connector of one kind on a service with some rows: at least four pages of its main stream."""

    kind: str
    """As registered."""
    stream: str
    """The stream that faults are tried on; it reads what is new."""
    path: str
    """A regular expression that its requests' paths match, and those of tokens do not."""
    start = NOON
    """The service's moment at the beginning."""
    tells_removals = True
    """Whether an incremental run finds what was removed; else a full one does."""
    says_how_long = True
    """Whether the service says with a limit that bit how long to wait; else it is tried ever more seldom."""
    slips = True
    """Whether a row that a page left out is found by the next run."""

    @abstractmethod
    def make_service(self, clock: ControlledClock) -> Service:
        """With its rows, all of them settled."""

    @abstractmethod
    def settings(self, base_url: str) -> Mapping[str, Any]:
        """The table `[connectors.NAME]`, without `type`: small pages, and credentials that end."""

    @abstractmethod
    def expected(self, service: Service) -> Mapping[str, Rows]:
        """By table, every row that stands, read from the service's own state: not by the connector's code."""

    @abstractmethod
    def change(self, service: Service) -> None:
        """Through the service's state: a row is new, another is changed."""

    @abstractmethod
    def remove(self, service: Service) -> None:
        """A row of the main stream is deleted."""

    @abstractmethod
    def add_field(self, service: Service) -> tuple[str, str]:
        """A row of the main stream gets a field that none had; the table and column it comes to."""

    def remove_field(self, service: Service) -> tuple[str, str] | None:
        """The service describes a field no more that the main stream had; its table and column. None where
        the connector asks for no description of fields."""
        return None
