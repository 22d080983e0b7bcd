"""Stands where a simulated service would, for a source that is none: it has the clock, and answers nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from mainstem.simulate.saas import Answer, Service

if TYPE_CHECKING:
    from mainstem.simulate.saas import ControlledClock, Request
    from mainstem.simulate.saas.service import Handler
    from mainstem.simulate.world import Change

T = TypeVar("T")


class QuietService(Service, Generic[T]):
    name: ClassVar[str] = "quiet"

    def __init__(self, clock: ControlledClock, source: T) -> None:
        """`source` is what is read: a database, a folder."""
        super().__init__(clock)
        self.source = source

    def routes(self) -> list[tuple[str, str, Handler]]:
        return []

    def absorb(self, change: Change) -> None:
        raise NotImplementedError("no company has rows for it")

    def authorised(self, request: Request) -> Answer | None:
        return self.not_found()

    def expire_tokens(self) -> None:
        raise NotImplementedError("it has no tokens")

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        return self.not_found()

    def failed(self, status: int) -> Answer:
        return self.not_found()

    def not_found(self) -> Answer:
        return Answer(404)
