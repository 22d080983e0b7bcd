"""Posting batches, and reading what the service says of each row.

A service that answers `{"results": [{"key": …, "error": "…"}]}` refuses the rows it names there with an
error; one that answers anything else has taken them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec
import requests

from mainstem.activate.contract import Destination, Op, Powers, Refusal, Result, Trouble
from mainstem.activate.shapes import AnyFields, Shape
from mainstem.errors import ApiRefused, ConfigError, UsageError
from mainstem.saas import ApiKey, ApiSession, Auth, Bearer, Finding, NoAuth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from mainstem.activate.contract import Batch, Target
    from mainstem.activate.destinations.webhook.settings import WebhookSettings
    from mainstem.activate.kind import Opening
    from mainstem.saas import Usage


def open_webhook(opening: Opening) -> Destination:
    """Raises ConfigError for an address that is none."""
    settings: WebhookSettings = opening.settings
    parts = urlsplit(settings.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"[destinations.{opening.name}] base_url", "is no address", "https://example.com/hooks"
        )
    account = opening.account(f"webhook:{parts.netloc}")
    repeats = frozenset({"GET", "HEAD", "OPTIONS", *(["POST"] if settings.repeats_safely else [])})
    session = opening.session(settings.base_url, account, _auth(settings), repeats=repeats)
    return Webhook(session, settings.batch_rows, repeats_safely=settings.repeats_safely)


class Webhook(Destination):
    def __init__(self, session: ApiSession, batch_rows: int, *, repeats_safely: bool) -> None:
        self._session = session
        self._batch_rows = batch_rows
        self._powers = Powers(reads=False, has_key=False, repeats_safely=repeats_safely)

    @property
    def powers(self) -> Powers:
        return self._powers

    def check(self) -> Sequence[Finding]:
        try:
            self._session.options("/")
        except ApiRefused as e:  # it answers, and knows no OPTIONS
            return [Finding("address", e.status < 500, f"it answers {e.status}")]
        return [Finding("address", True, "it answers")]

    def shape(self, name: str) -> Shape:
        return Shape(name=name, fields=AnyFields())

    def read(
        self, shape: Shape, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        raise UsageError("a webhook cannot be read")

    def largest(self, op: Op, rows: int) -> int:
        return self._batch_rows

    def write(self, batch: Batch, note: Callable[[str], None]) -> Sequence[Result]:
        note(batch.name)
        body = {
            "batch": batch.name,
            "object": batch.object,
            "op": batch.op.value,
            "rows": [
                {"key": one.key, "values": one.values, "parents": msgspec.to_builtins(one.parents)}
                for one in batch.writes
            ],
        }
        try:
            answer = self._session.post(
                f"/{quote(batch.object)}", json=body, headers={"Idempotency-Key": batch.name}
            )
        except ApiRefused as e:
            refusal = Refusal(Trouble.DATA, f"HTTP {e.status}", str(e))
            return [Result(one.number, refusal=refusal) for one in batch.writes]
        refused = _refused(answer)
        return [Result(one.number, one.key, refused.get(one.key)) for one in batch.writes]

    @property
    def usage(self) -> Usage:
        return self._session.usage

    def close(self) -> None:
        self._session.close()


def _auth(settings: WebhookSettings) -> Auth:
    if settings.token is None:
        return NoAuth()
    return ApiKey(settings.header, settings.token) if settings.header else Bearer(settings.token)


def _refused(answer: requests.Response) -> Mapping[str, Refusal]:
    """By key."""
    try:
        body: Any = answer.json()
    except (ValueError, requests.JSONDecodeError):
        return {}
    results = body.get("results") if isinstance(body, dict) else None
    return {
        str(one.get("key")): Refusal(
            Trouble.AGAIN if one.get("again") is True else Trouble.DATA,
            str(one.get("code", "REFUSED")),
            str(one["error"]),
        )
        for one in (results if isinstance(results, list) else [])
        if isinstance(one, dict) and one.get("error")
    }
