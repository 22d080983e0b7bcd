"""What a page, a report or a command may ask: the one door to the model and the warehouse behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.request import Request
    from mainstem.query.result import Compiled, QueryResult
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project


class Explorer(ABC):
    """Answers requests. Safe to use from several threads.

    Every method raises QueryError when it is asked for something the model does not offer; the ones that
    run also raise what the warehouse raises.
    """

    @property
    @abstractmethod
    def project(self) -> Project:
        """The models and dashboards there are now; whoever needs it twice for one answer keeps it."""

    @abstractmethod
    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        """Every explore the asker may see, hidden ones among them, with its model."""

    @abstractmethod
    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        """`view.field` → every field of an explore, of any kind, that the asker may see, hidden ones among
        them, in the order the explore offers them."""

    @abstractmethod
    def compile(self, request: Request) -> Compiled:
        """The SQL a request becomes; touches no warehouse."""

    @abstractmethod
    def run(self, request: Request) -> QueryResult:
        """Compile and run."""

    @abstractmethod
    def element_request(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> Request:
        """What a tile asks, with the dashboard's filters applied through `listen`.

        `filter_values` is by name of dashboard filter; a filter left out takes its default_value, an empty
        value means any. A name the dashboard lacks is a QueryError.
        """

    @abstractmethod
    def run_element(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> QueryResult:
        """`run(element_request(…))`."""

    @abstractmethod
    def describe_field(self, model: str, explore: str, field: str) -> FieldFacts:
        """Where a `view.field` comes from."""

    @abstractmethod
    def describe_request(self, request: Request) -> ElementFacts:
        """Where the numbers of a request come from: explore → views → tables."""

    @abstractmethod
    def describe_element(self, element: Element) -> ElementFacts:
        """Where a tile's numbers come from: explore → views → tables."""
