"""Make the planned calls on the real SDKs, against one data plane, and lose none of them.

The SDKs queue and send in threads of their own and by design give up silently; here a full queue, an
unreported batch or an error of theirs ends the run. It opens no connection itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.simulate.call import Call, CallType, Sdk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FLUSH_EVERY = 2_000
"""Calls between two waits for the SDKs; well under their queues' 10,000."""
_RETRIES = 4


class WriteKeys(msgspec.Struct, frozen=True):
    """The write key of each source."""

    website: str
    servers: str


class SentReport(msgspec.Struct, frozen=True):
    """What was sent, every call of it answered with 200."""

    calls: int
    distinct_message_ids: int
    per_type: dict[str, int]
    """Distinct messages by kind: `page`, `identify`, or the event of a track."""


class _Client(Protocol):
    """The part of both SDKs' public API that is used."""

    def page(self, **arguments: Any) -> tuple[bool, object]: ...
    def identify(self, **arguments: Any) -> tuple[bool, object]: ...
    def track(self, **arguments: Any) -> tuple[bool, object]: ...
    def flush(self) -> None: ...
    def shutdown(self) -> None: ...


def send(
    calls: Iterable[Call],
    data_plane_url: str,
    write_keys: WriteKeys,
    progress: Callable[[int], None] = lambda sent: None,
) -> SentReport:
    """Send every call; returns when the data plane has acknowledged all of them.

    `progress` gets the number of calls acknowledged so far, every 2,000 calls and at the end. Raises
    UsageError when the SDKs are not installed, EnvironmentFailure when a batch was given up.
    """
    failures: list[str] = []
    clients = _clients(data_plane_url, write_keys, failures)
    ids: set[str] = set()
    per_type: Counter[str] = Counter()
    sent = 0
    try:
        for call in calls:
            _make(clients[call.sdk], call)
            sent += 1
            if call.message_id not in ids:
                ids.add(call.message_id)
                per_type[_kind(call)] += 1
            if sent % _FLUSH_EVERY == 0:
                _flush(clients, failures, data_plane_url)
                progress(sent)
        _flush(clients, failures, data_plane_url)
        progress(sent)
    finally:
        for client in clients.values():
            client.shutdown()
    return SentReport(sent, len(ids), dict(sorted(per_type.items())))


def _clients(data_plane_url: str, write_keys: WriteKeys, failures: list[str]) -> dict[Sdk, _Client]:
    """Imported here, because the SDKs come with the extra `demo` alone."""
    try:
        from rudderstack.analytics.client import Client as RudderClient
        from segment.analytics.client import Client as SegmentClient
    except ImportError as e:
        raise UsageError(
            f"the simulated company speaks through the real SDKs, and {e.name} is not installed: "
            "pip install 'mainstem[demo]'"
        ) from e

    def on_error(error: Exception, batch: list[object]) -> None:
        failures.append(f"{len(batch)} events given up: {error}")

    shared: dict[str, Any] = {
        "host": data_plane_url,
        "on_error": on_error,
        "max_retries": _RETRIES,
        # Half a second, the default, would be waited out at every flush.
        "upload_interval": 0.05,
    }
    return {
        Sdk.WEBSITE: SegmentClient(write_keys.website, **shared),
        Sdk.SERVERS: RudderClient(write_keys.servers, **shared),
    }


def _make(client: _Client, call: Call) -> None:
    """The SDKs write into the dicts they are given, so they get copies."""
    arguments: dict[str, Any] = {
        "user_id": call.user_id,
        "anonymous_id": call.anonymous_id,
        "timestamp": call.timestamp,
        "message_id": call.message_id,
        "context": dict(call.context),
    }
    match call.type:
        case CallType.PAGE:
            queued, _ = client.page(**arguments, name=call.name, properties=dict(call.properties))
        case CallType.IDENTIFY:
            queued, _ = client.identify(**arguments, traits=dict(call.properties))
        case CallType.TRACK:
            queued, _ = client.track(**arguments, event=call.name, properties=dict(call.properties))
    if not queued:
        raise EnvironmentFailure(f"the {call.sdk} SDK's queue is full; it did not take {call.message_id}")


def _flush(clients: dict[Sdk, _Client], failures: list[str], data_plane_url: str) -> None:
    for client in clients.values():
        client.flush()
    if failures:
        raise EnvironmentFailure(
            f"the data plane at {data_plane_url} did not take all: {'; '.join(failures)}"
        )


def _kind(call: Call) -> str:
    return call.name or call.type.value if call.type is CallType.TRACK else call.type.value
