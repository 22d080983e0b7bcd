"""What a page, a report or a command may ask: the one door to the model and the warehouse behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from mainstem.query.composed import Composed
    from mainstem.query.context import Asking
    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.request import Request
    from mainstem.query.result import Compiled, QueryResult
    from mainstem.query.streaming import RowStream
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project


class Explorers(ABC):
    """Gives out explorers, each bound to who asks: no question is asked of it by nobody in particular."""

    @property
    @abstractmethod
    def project(self) -> Project:
        """The whole project, whoever may see what of it: for the server's own needs, never for a page."""

    @abstractmethod
    def of(self, asking: Asking) -> Explorer:
        """What answers this asker and no other. It is cheap: made for a request, and forgotten with it."""


class Explorer(ABC):
    """Answers the requests of one asker. Safe to use from several threads.

    Every method raises QueryError when it is asked for something the model does not offer; the ones that
    run also raise what the warehouse raises.
    """

    @property
    @abstractmethod
    def project(self) -> Project:
        """The models and dashboards there are now, as far as the asker may see them; whoever needs it twice
        for one answer keeps it."""

    @abstractmethod
    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        """Every explore the asker may see, hidden ones among them, with its model."""

    @abstractmethod
    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        """`view.field` → every field of an explore, of any kind, that the asker may see, hidden ones among
        them, in the order the explore offers them."""

    @abstractmethod
    def field(self, model: str, explore: str, name: str) -> ViewField:
        """One of them, by `view.field`."""

    @abstractmethod
    def compile(self, request: Request) -> Compiled:
        """The SQL a request becomes; touches no warehouse."""

    @abstractmethod
    def run(self, request: Request, *, tile: tuple[str, str] | None = None) -> QueryResult:
        """Compile and run. `tile` names the dashboard and the element it is for, for who notes queries."""

    @abstractmethod
    def compile_composed(self, composed: Composed) -> Compiled:
        """The SQL it becomes, as who asks may see it; touches no warehouse."""

    @abstractmethod
    def run_composed(self, composed: Composed) -> QueryResult:
        """Compile and run a question made of several requests; each as who asks may see it."""

    @abstractmethod
    def stream(self, request: Request) -> AbstractContextManager[RowStream]:
        """Compile and run, rows piece by piece, none of them kept.

        Raises QueryError, too, for a request that can only be answered whole (`streaming.why_whole`).
        """

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
