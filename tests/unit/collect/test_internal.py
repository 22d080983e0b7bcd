from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.collect.internal import InternalAnswers
from mainstem.collect.replies import make_reply
from mainstem.collect.request import Request
from mainstem.config import Secret
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.served import MOST_BYTES, ServedLog
from mainstem.log.writer import PartitionWriter

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.collect.replies import Reply


@pytest.fixture
def log(tmp_path: Path) -> ServedLog:
    writer = PartitionWriter(LocalFileSystem(), tmp_path / "events" / "p", 10_000_000, lambda: 7)
    writer.commit([[b"x" * 1000]])
    writer.close()
    (tmp_path / "secret").write_text("not for you")
    return ServedLog(LocalFileSystem(), tmp_path)


def answers(log: ServedLog, token: str | None) -> InternalAnswers:
    secret = None if token is None else Secret(token)
    return InternalAnswers(log, secret, lambda: make_reply(200, b"well"), lambda: make_reply(200, b"numbers"))


def ask(port: InternalAnswers, path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Reply:
    path, _, query = path.partition("?")
    given = {name.encode(): value.encode() for name, value in {"host": "localhost:1", **headers}.items()}
    return port.handle(Request(method.encode(), path.encode(), query.encode(), given, body, "", ""))


def test_whoever_does_not_know_the_token_sees_health_alone(log: ServedLog) -> None:
    port = answers(log, "t0ken")
    assert ask(port, "/health").body == b"well"
    for path in ("/metrics", "/log/events", "/log/events/p", "/log/events/p/0?from=0&bytes=9", "/nothing"):
        assert ask(port, path).status == 401
        assert ask(port, path, authorization="Bearer wrong").status == 401
        assert ask(port, path, authorization="t0ken").status == 401
    assert ask(port, "/metrics", authorization="Bearer t0ken").body == b"numbers"
    assert ask(port, "/log/events/p/consumed", method="PUT", body=b"0").status == 401


def test_without_a_token_no_page_of_a_browser_is_served(log: ServedLog) -> None:
    port = answers(log, None)
    for host in ("localhost", "127.0.0.1:8081", "[::1]:8081"):
        assert ask(port, "/metrics", host=host).status == 200
    assert ask(port, "/metrics", origin="https://evil.example").status == 403
    assert (
        ask(port, "/metrics", host="evil.example:8081").status == 403
    )  # a name made to lead to the loopback


def test_bytes_end_where_the_log_is_durable(log: ServedLog, tmp_path: Path) -> None:
    port = answers(log, None)
    file = next((tmp_path / "events" / "p").glob("*.segment"))
    durable = file.read_bytes()
    file.write_bytes(durable + b"not synced yet")
    assert ask(port, f"/log/events/p/0?from=0&bytes={10 * MOST_BYTES}").body == durable
    assert ask(port, f"/log/events/p/0?from={len(durable)}&bytes=10").body == b""
    assert ask(port, "/log/events/p/0?from=8&bytes=4").body == durable[8:12]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/log/events/p/999?from=0&bytes=1", 410),
        ("/log/events/p/x?from=0&bytes=1", 404),
        ("/log/events/p/0?from=-1&bytes=1", 404),
        (f"/log/events/p/0?from={'9' * 19}&bytes=1", 404),
        (f"/log/events/p/{'9' * 5000}?from=0&bytes=1", 404),
        ("/log/events/p/0", 404),
        ("/log/events/q", 404),
        ("/log/events/..", 404),
        ("/log/events/%2e%2e", 404),
        ("/log/..", 404),
        ("/log/secret", 404),
        ("/log/events/..%2Fsecret", 404),
        ("/", 404),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(log: ServedLog, path: str, status: int) -> None:
    assert ask(answers(log, None), path).status == status


@pytest.mark.parametrize("mark", ["consumed", "archived"])
def test_a_mark_is_told_and_a_wrong_one_is_refused(log: ServedLog, mark: str) -> None:
    port = answers(log, None)

    def tell(body: bytes) -> Reply:
        return ask(port, f"/log/events/p/{mark}", method="PUT", body=body)

    def told() -> dict[str, object]:
        found: dict[str, object] = msgspec.json.decode(ask(port, "/log/events/p").body)
        return {name: found[name] for name in ("consumed", "archived")}

    assert tell(b"32").status == 200
    assert told() == {"consumed": None, "archived": None, mark: 32}
    for wrong in (b"", b"1.5", b"-1", b"99999999", b'"32"', b"9" * 40):
        assert tell(wrong).status == 404, wrong
    assert told()[mark] == 32


def test_a_damaged_log_is_told_as_such(log: ServedLog, tmp_path: Path) -> None:
    (tmp_path / "events" / "p" / "durable").unlink()
    reply = ask(answers(log, None), "/log/events/p")
    assert reply.status == 500
    assert msgspec.json.decode(reply.body)["kind"] == "LogCorrupted"
