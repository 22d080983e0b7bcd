"""A `requests.Session` that keeps to an account's budget and does not give up at the first trouble.

Whatever is built on requests takes it as its session: dlt's RESTClient, and the usual clients of services.
A request waits for the budget, carries the account's credentials (to the account's own host alone), and is
sent again when that can help. A request that may have written something is not, once it was sent.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from mainstem.config import redact
from mainstem.errors import (
    ApiRefused,
    ApiUnavailable,
    CredentialsRefused,
    OutcomeUnknown,
    QuotaSpent,
)
from mainstem.saas.auth import Auth, NoAuth
from mainstem.saas.clock import Clock, SystemClock
from mainstem.saas.usage import Usage
from mainstem.saas.verdict import Verdict, judge_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.saas.budget import Account, Budget, Quota
    from mainstem.saas.verdict import Judge

READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SHOWN = 300
"""Characters of an answer that an error shows."""


@dataclass(frozen=True)
class Patience:
    tries: int = 6
    """Of a request that fails by no fault of its own."""
    first_pause: float = 1.0
    """Seconds; doubled each time, up to `longest_pause`, and a quarter more or less by chance."""
    longest_pause: float = 60.0
    longest_wait: float = 900.0
    """Seconds that a request waits for the budget or for a Retry-After; beyond, the quota counts as spent."""
    timeout: tuple[float, float] = (10.0, 120.0)
    """Seconds to connect, and between two bytes."""


class ApiSession(requests.Session):
    """One account of one service. Safe to use from one thread at a time."""

    def __init__(
        self,
        base_url: str,
        account: Account,
        budget: Budget,
        auth: Auth | None = None,
        *,
        judge: Judge = lambda response: None,
        quota_of: Callable[[requests.Response], Quota | None] = lambda response: None,
        repeats: frozenset[str] = READS,
        patience: Patience = Patience(),  # frozen
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`judge` reads what this service means by an answer; `quota_of` what it says of its quota;
        `repeats` are the methods that may be sent twice: with POST for services that read by it."""
        super().__init__()
        self.base_url = base_url.rstrip("/")
        self.account = account
        self.usage = Usage()
        self.clock: Clock = clock or SystemClock()
        self._budget = budget
        self._auth = auth or NoAuth()
        self._judge = judge
        self._quota_of = quota_of
        self._repeats = repeats
        self._patience = patience
        self._chance = chance
        self._host = urlsplit(base_url).netloc

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """As `requests.Session.request`; a path is one of `base_url`. Raises as `send`."""
        text = url.decode() if isinstance(url, bytes) else url
        if text.startswith("/"):
            text = self.base_url + text
        return super().request(method, text, *args, **kwargs)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """An answer that is no error. Raises ApiUnavailable, QuotaSpent, OutcomeUnknown (a write that may
        have been done), CredentialsRefused, ApiRefused."""
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self._patience.timeout
        tries, renewed = 0, False
        while True:
            self._wait_for_budget(request)
            sent_as = self._sign(request)
            tries += 1
            response, trouble, was_sent = self._once(request, kwargs)
            verdict = Verdict.RETRY if response is None else self._verdict(response, streamed=kwargs)
            if response is not None and verdict is Verdict.OK:
                return response
            said = _said(request, response, trouble)
            if verdict is Verdict.RENEW and not renewed and self._auth.renew(sent_as):
                renewed = True
                continue
            if verdict in (Verdict.RENEW, Verdict.DENIED):
                raise CredentialsRefused(said)
            if verdict is Verdict.REFUSED:
                raise ApiRefused(said, 0 if response is None else response.status_code)
            if verdict is Verdict.QUOTA:
                self._quota_spent(response, said)
            elif verdict is Verdict.WAIT and response is not None:
                self._hold(response, tries, said)
            else:
                if request.method not in self._repeats and was_sent and _may_have_been_done(response):
                    raise OutcomeUnknown(said)
                self._pause(tries)
            if tries >= self._patience.tries:
                raise ApiUnavailable(f"{said}; gave up after {tries} tries")
            self.usage.repeats += 1

    def quota(self) -> Quota | None:
        """What the service said last of the account's quota."""
        return self._budget.quota(self.account)

    def _once(
        self, request: requests.PreparedRequest, kwargs: Mapping[str, Any]
    ) -> tuple[requests.Response | None, str, bool]:
        """The answer, or what kept it away, and whether anything of the request can have been sent."""
        self.usage.calls += 1
        try:
            response = super().send(request, **kwargs)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as e:
            return None, _root_of(e), not _is_unconnected(e)
        except requests.exceptions.ContentDecodingError as e:
            return None, f"the body cannot be decompressed: {e}", True
        if not kwargs.get("stream"):
            self.usage.received_bytes += len(response.content)
            if "json" in response.headers.get("Content-Type", ""):
                response.json = _decoding_once(response)  # type: ignore[method-assign] # dlt asks three times
        quota = self._quota_of(response)
        if quota is not None:
            self._budget.observe(self.account, quota)
        return response, "", True

    def _verdict(self, response: requests.Response, streamed: Mapping[str, Any]) -> Verdict:
        verdict = self._judge(response) or judge_status(response)
        if verdict is Verdict.OK and not streamed.get("stream") and _is_cut_off(response):
            return Verdict.RETRY
        return verdict

    def _wait_for_budget(self, request: requests.PreparedRequest) -> None:
        path = urlsplit(request.url or "").path
        waited = 0.0
        while (wait := self._budget.take(self.account, path)) > 0:
            if waited + wait > self._patience.longest_wait:
                raise QuotaSpent(
                    f"the budget of {self.account.key} allows no call of {path} for another {wait:.0f} s",
                    wait,
                )
            self._sleep(wait)
            waited += wait

    def _sign(self, request: requests.PreparedRequest) -> dict[str, str]:
        """Put the credentials in; a redirect to another host, or a file's own address, gets none."""
        if urlsplit(request.url or "").netloc != self._host:
            for name in self._auth.headers():
                request.headers.pop(name, None)
            return {}
        headers = dict(self._auth.headers())
        request.headers.update(headers)
        if parameters := self._auth.parameters():
            parts = urlsplit(request.url or "")
            if urlencode(parameters) not in parts.query:
                query = "&".join(filter(None, [parts.query, urlencode(parameters)]))
                request.url = urlunsplit(parts._replace(query=query))
        return headers

    def _hold(self, response: requests.Response, tries: int, said: str) -> None:
        wait = _retry_after(response, self.clock) or self._paused(tries)
        self._budget.hold(self.account, wait)
        if wait > self._patience.longest_wait:
            raise QuotaSpent(f"{said}; it wants no call for {wait:.0f} s", wait)
        # The next turn waits for the budget, as everybody else who asks this account does.

    def _quota_spent(self, response: requests.Response | None, said: str) -> None:
        wait = _retry_after(response, self.clock) if response is not None else None
        if wait is not None:
            self._budget.hold(self.account, wait)
        raise QuotaSpent(said, wait)

    def _pause(self, tries: int) -> None:
        if tries < self._patience.tries:
            self._sleep(self._paused(tries))

    def _paused(self, tries: int) -> float:
        longest = min(self._patience.first_pause * 2.0 ** (tries - 1), self._patience.longest_pause)
        return longest * (0.75 + self._chance() / 2)

    def _sleep(self, seconds: float) -> None:
        self.usage.waited_seconds += seconds
        self.clock.sleep(seconds)


def _decoding_once(response: requests.Response) -> Callable[..., Any]:
    """`response.json`, which raises ValueError as its own does."""
    found: list[Any] = []

    def decoded(**kwargs: Any) -> Any:
        if not found:
            found.append(msgspec.json.decode(response.content))
        return found[0]

    return decoded


def _is_cut_off(response: requests.Response) -> bool:
    """JSON that does not end: a proxy gave up in the middle, and told a length that fits."""
    if "json" not in response.headers.get("Content-Type", "") or not response.content.strip():
        return False
    try:
        response.json()  # decoded once, for whoever asks next
    except ValueError as e:
        return "truncated" in str(e)
    return False


def _may_have_been_done(response: requests.Response | None) -> bool:
    """Nobody knows when no answer came, or one of a server in trouble."""
    return response is None or response.status_code >= 500


def _retry_after(response: requests.Response, clock: Clock) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    written = response.headers.get("Retry-After", "")
    if not written:
        return None
    try:
        return max(float(written), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(written) - clock.now()).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _is_unconnected(error: requests.RequestException) -> bool:
    """Whether there was no connection by which anything could have been sent."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), (NewConnectionError, ConnectTimeoutError))


def _root_of(error: BaseException) -> str:
    """What went wrong below the libraries, each of which wraps it in an error of its own."""
    while (inner := error.__cause__ or error.__context__) is not None and str(inner):
        error = inner
    return f"{type(error).__name__}: {error}"


def _said(request: requests.PreparedRequest, response: requests.Response | None, trouble: str) -> str:
    parts = urlsplit(request.url or "")
    what = f"{request.method} {urlunsplit(parts._replace(query=''))}"
    if response is None:
        return redact(f"{what}: {trouble}")
    body = " ".join(response.text[:_SHOWN].split())
    return redact(f"{what} answered {response.status_code} {response.reason or ''}: {body}".rstrip(": "))
