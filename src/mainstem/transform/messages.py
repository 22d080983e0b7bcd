"""What worker and client say to each other: JSON, one message a line, one request a connection.

The client sends a Request; the worker answers with any number of events, the last of them a Finished.
"""

from __future__ import annotations

import msgspec

from mainstem.transform.coverage import Coverage  # msgspec reads the annotations


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Run dbt once."""

    args: tuple[str, ...]
    """What would follow `dbt` on a command line; the first is the command."""
    asked_by: str = "unknown"
    """Who or what wants it, for the history."""
    run: str = ""
    """The run of a DAG that it is part of; empty for none."""
    options: tuple[str, ...] = ()
    """What stands in the history in the place of all but the first of `args`: `--group marts` says more than
    the names of its files."""

    @property
    def recorded(self) -> tuple[str, ...]:
        """For the history."""
        return (*self.args[:1], *self.options) if self.options else self.args


class Queued(msgspec.Struct, frozen=True, tag="queued"):
    """The request was understood."""

    ahead: int
    """Requests that are run before it, the running one included."""


class Note(msgspec.Struct, frozen=True, tag="note"):
    """Something worth telling: a message a model logs, a warning, packages being installed."""

    text: str


class NodeDone(msgspec.Struct, frozen=True, tag="node"):
    """dbt finished with one model, test, seed or snapshot."""

    node: str
    kind: str
    """dbt's resource type: model, test, unit_test, seed, snapshot, source, …"""
    status: str
    """dbt's: success, pass, warn, error, fail, skipped, …"""
    seconds: float
    message: str


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """The request has been answered; nothing follows."""

    success: bool
    models: int
    """Models, seeds and snapshots that were built."""
    tests: int
    """Tests that ran, whatever came out."""
    failures: tuple[str, ...]
    """A line for everything that went wrong; empty exactly when `success`."""
    partial: str = ""
    """Why it does not stand for the whole project; empty when all of it was built and tested."""
    snapshot: int | None = None
    """The lake's as its last node left it; None when nothing was run."""
    build: int | None = None
    """The number it is recorded under; None for a command that changes nothing."""
    published: bool = False
    """Whether readers are shown it from now on."""
    consequence: str = ""
    """What came of it for readers, as a sentence."""
    coverage: Coverage | None = None
    """What it went through, for the records; None when that is not known. Clients are not told."""


Event = Queued | Note | NodeDone | Finished

_request = msgspec.json.Decoder(Request)
_event: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(message: Request | Event) -> bytes:
    """One line, with its end."""
    return msgspec.json.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """Raises msgspec.DecodeError, which names the field that is wrong."""
    return _request.decode(line)


def decode_event(line: bytes) -> Event:
    """Raises msgspec.DecodeError."""
    return _event.decode(line)
