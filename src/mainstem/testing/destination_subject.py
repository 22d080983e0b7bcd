"""What the contract suite wants to know of one destination and the service behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.activate import Destination, Value


class Trial(Enum):
    """What happens to the next write."""

    ANSWER_LOST = "it is done, and no answer comes"
    FAILED_AFTER = "it is done, and the answer says that the service is in trouble"
    REQUEST_LOST = "it is not done, and no answer comes"
    LOGGED_OUT = "our token is valid no more"
    LIMITED = "too many requests for a moment"
    QUOTA_SPENT = "too many requests for today"
    ROW_LOCKED = "the first row is held by somebody else"


@dataclass(frozen=True)
class Sample:
    """An object of the service to try a destination on, and values of its fields as plans hold them."""

    object: str
    match: str
    """A key of it that records may be created by, a text."""
    needed: Mapping[str, Value]
    """Values without which no record is made, beside the key."""
    values: Mapping[str, tuple[Value, Value]]
    """Two values of each field that is tried, of as many kinds as there are; each may be cleared."""
    refused: Mapping[str, Value]
    """Values that the service refuses as data."""
    shared: str = ""
    """A text that several records may share and be read by; empty where there is none."""
    reference: str = ""
    """A field that refers to a record of `parent` by its key `parent_match`; empty where there is none."""
    parent: str = ""
    parent_match: str = ""
    parent_needed: Mapping[str, Value] = field(default_factory=dict)


class DestinationSubject(ABC):
    """A destination with its service, which holds nothing at the beginning."""

    sample: Sample
    many = 40
    """Writes of a batch that is large for the service: another way of writing begins there, if there is."""
    can: frozenset[Trial] = frozenset(Trial)
    """Trials that there can be; tests of others are skipped."""

    @abstractmethod
    def opened(self) -> Destination:
        """A new connection, as another process makes it."""

    @abstractmethod
    def add(self, name: str, values: Mapping[str, Value]) -> str:
        """Somebody adds a record to an object; its id."""

    @abstractmethod
    def edit(self, name: str, number: str, values: Mapping[str, Value]) -> None:
        """Somebody edits it, later than everything before."""

    @abstractmethod
    def remove(self, name: str, number: str) -> None: ...

    @abstractmethod
    def records(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        """Every record there is by its id, with values as plans hold them, read from the service itself and
        not by the destination's code."""

    @abstractmethod
    def plan(self, trial: Trial) -> None:
        """It happens once, with the next write."""
