"""What every simulated service has in common: routes, who is let in, limits, faults, counts.

A service says what its answers look like; it opens no port and reads no clock but the one it is given.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from mainstem.simulate.saas.faults import Fault, FaultPlan
from mainstem.simulate.saas.http import Answer
from mainstem.simulate.saas.limits import Allowed, Meter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.world import Change, Event

Handler = Callable[..., Answer]

SERVICES = {
    "ga4": "mainstem.simulate.saas.ga4:Ga4Service",
    "github": "mainstem.simulate.saas.github:GithubService",
    "jira": "mainstem.simulate.saas.jira:JiraService",
    "marketo": "mainstem.simulate.saas.marketo:MarketoService",
    "salesforce": "mainstem.simulate.saas.salesforce:SalesforceService",
    "stripe": "mainstem.simulate.saas.stripe:StripeService",
    "zendesk": "mainstem.simulate.saas.zendesk:ZendeskService",
}
"""Where each stands; imported when it is asked for."""


class Service(ABC):
    """One account of one service. Used from one thread: that of the server."""

    name: ClassVar[str]
    limits: ClassVar[tuple[Allowed, ...]] = ()

    def __init__(self, clock: ControlledClock, *, limits: Iterable[Allowed] | None = None) -> None:
        """`limits` in place of the service's own."""
        self.clock = clock
        self.faults = FaultPlan()
        self.calls: Counter[str] = Counter()
        """By what came of them: `ok`, `refused` (401, 403), `limited` (429), `error`, `wrong` (other 4xx)."""
        self._meters = [Meter(one) for one in (self.limits if limits is None else limits)]
        self._routes = [(method, re.compile(pattern), handler) for method, pattern, handler in self.routes()]
        self._quota_ends = clock.now()

    @abstractmethod
    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, pattern of the whole path, and what is called with the request and the pattern's groups."""

    @abstractmethod
    def absorb(self, change: Change) -> None:
        """A row of the company changed; rows this service has nothing to do with are passed over."""

    def observe(self, event: Event) -> None:  # noqa: B027 # most services hear of no event
        """A browser or server of the company sent something; for services that count such."""

    @abstractmethod
    def authorised(self, request: Request) -> Answer | None:
        """None for who is let in; else what is answered."""

    @abstractmethod
    def expire_tokens(self) -> None:
        """Every token given out so far is valid no more."""

    @abstractmethod
    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        """What is answered to a call that is one too many, now or for today."""

    @abstractmethod
    def failed(self, status: int) -> Answer:
        """What is answered when the service is in trouble."""

    @abstractmethod
    def not_found(self) -> Answer:
        """What is answered for what there is not."""

    def handle(self, request: Request) -> Answer:
        """One request, with what the plan has for it."""
        answer = self._handled(request, self.faults.meet(request.method, request.path))
        self.calls[self.what_came(answer)] += 1
        return answer

    def what_came(self, answer: Answer) -> str:
        """Under which of `calls` it counts."""
        return what_came(answer)

    def _handled(self, request: Request, faults: dict[str, Fault]) -> Answer:
        if "expired" in faults:
            self.expire_tokens()
        if (refused := self.authorised(request)) is not None:
            return refused
        if (turned_away := self._turned_away(request, faults)) is not None:
            return turned_away
        if "error" in faults:
            return self.failed(faults["error"].status)
        if "unheard" in faults:
            return replace(self.failed(503), hangs=True)
        answer = self._routed(request, faults)
        if "timeout" in faults:
            return replace(answer, hangs=True)
        if "lost" in faults:
            return self.failed(faults["lost"].status)
        if "cut" in faults:
            return replace(answer, sent_bytes=len(answer.body) // 2)
        if "short" in faults:
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        return answer

    def _turned_away(self, request: Request, faults: dict[str, Fault]) -> Answer | None:
        now = self.clock.now()
        if "rate_limit" in faults:
            return self.limited(faults["rate_limit"].seconds, is_quota=False)
        if "quota" in faults:
            self.spend_quota(faults["quota"].seconds)
        if now < self._quota_ends:
            return self.limited((self._quota_ends - now).total_seconds(), is_quota=True)
        for meter in self._meters:
            if meter.matches(request.path) and (wait := meter.take(now)):
                return self.limited(wait, is_quota=False)
        return None

    def spend_quota(self, seconds: float) -> None:
        """For so long every call is one too many."""
        from datetime import timedelta

        self._quota_ends = self.clock.now() + timedelta(seconds=seconds)

    def left(self) -> tuple[int, int]:
        """Calls left and allowed under the first limit."""
        if not self._meters:
            return 10_000, 10_000
        return self._meters[0].left(), self._meters[0].allowed.calls

    def _routed(self, request: Request, faults: dict[str, Fault]) -> Answer:
        self.page_faults = {
            name: fault
            for name, fault in faults.items()
            if name in ("repeat", "slip", "rows_fail", "job_fails")
        }
        for method, pattern, handler in self._routes:
            if method == request.method and (found := pattern.fullmatch(request.path)):
                return handler(request, *found.groups())
        return self.not_found()


def service_names() -> tuple[str, ...]:
    return tuple(sorted(SERVICES))


def services(
    clock: ControlledClock,
    names: Iterable[str] = (),
    *,
    seed: int = 1,
    limits: Iterable[Allowed] | None = None,
) -> dict[str, Service]:
    """One account of each, empty; `limits` in place of their own. Raises KeyError for one there is not."""
    found: dict[str, Service] = {}
    for name in names or service_names():
        module, _, made = SERVICES[name].partition(":")
        found[name] = getattr(import_module(module), made)(clock, seed=seed, limits=limits)
    return found


def what_came(answer: Answer) -> str:
    """As the status says."""
    if answer.hangs or answer.sent_bytes is not None or answer.status >= 500:
        return "error"
    if answer.status in (401, 403):
        return "refused"
    if answer.status == 429:
        return "limited"
    return "wrong" if answer.status >= 400 else "ok"
