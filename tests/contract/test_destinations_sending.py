"""Webhooks and chats: what is sent, once, and what is not sent again."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.activate import Batch, Op, Opening, Trouble, Write, find_kind, read_destinations
from mainstem.activate.applying import Applier
from mainstem.activate.definition import Activation, Companion, Guards, Mapped, Match, Source
from mainstem.activate.planning import Planner
from mainstem.config import parse_config
from mainstem.errors import OutcomeUnknown
from mainstem.saas import MemoryBudget, Patience
from mainstem.store.activations import AcknowledgedRows, ActivationRuns, Plans
from mainstem.testing.activation_scene import GivenRows
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.hook_server import HookServer, hook_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.activate import Destination
    from mainstem.activate.applying import Applied
    from mainstem.store import Database

HEALTH = Activation(
    name="health",
    source=Source(model="account_360"),
    destination="there",
    object="accounts",
    match=Match("key"),
    mode="upsert",
    match_policy="create",
    fields=(Mapped(to="text", column="said"), Mapped(to="users", column="users")),
    as_of=Companion("as_of", "as of"),
    blank=Companion("why", "why blank"),
    guards=Guards(most_changed=1.0),
)


@pytest.fixture
def server() -> Iterator[HookServer]:
    with hook_server() as kept:
        yield kept


@dataclass
class Sending:
    destination: Destination
    plans: Plans
    rows: AcknowledgedRows
    runs: ActivationRuns
    clock: StillClock

    def sync(self, *rows: dict[str, object], activation: Activation = HEALTH) -> Applied:
        usual = {"why": None, "as_of": NOON.date(), "said": "hello", "users": 5}
        source = GivenRows([{**usual, **row} for row in rows], ("key", "said", "users", "why", "as_of"))
        planner = Planner(activation, self.destination, self.plans, self.rows, self.clock)
        applier = Applier(activation, self.destination, self.plans, self.rows, self.runs, self.clock)
        return applier.apply(planner.plan(source, "ada").id, "ada")


def opened(toml: str, folder: Path) -> Destination:
    config = parse_config(folder / "mainstem.toml", f"[destinations.there]\n{toml}", {})
    settings = read_destinations(config)["there"]
    clock = StillClock()
    return find_kind(settings.type).open(
        Opening("there", settings, MemoryBudget(clock), clock, folder, Patience(tries=2, timeout=(5, 5)))
    )


def sending(database: Database, destination: Destination) -> Sending:
    return Sending(
        destination, Plans(database), AcknowledgedRows(database), ActivationRuns(database), StillClock()
    )


def webhook(server: HookServer, more: str = "") -> str:
    return f'type = "webhook"\nbase_url = "{server.address}/hooks"\n{more}'


def chat(server: HookServer) -> str:
    return f'type = "chat"\nurl = "{server.address}/hooks/secret-of-the-hook"\n'


def test_a_webhook_gets_new_rows_and_changed_ones_and_those_that_left(
    database: Database, server: HookServer, tmp_path: Path
) -> None:
    there = sending(database, opened(webhook(server, 'token = "a-token-of-ours"\n'), tmp_path))
    assert there.sync({"key": "a"}, {"key": "b", "users": None, "why": "no server"}).state == "success"
    path, headers, body = server.posted[0]
    assert (path, body["op"]) == ("/hooks/accounts", "create")
    assert headers["Authorization"] == "Bearer a-token-of-ours"
    assert headers["Idempotency-Key"] == body["batch"] == "health-1"
    assert body["rows"][1]["values"] == {
        "text": "hello",
        "users": None,
        "as of": "2026-01-15",
        "why blank": "no server",
    }
    assert there.sync({"key": "a"}, {"key": "b", "users": 7}).state == "success"
    assert [(body["op"], [row["key"] for row in body["rows"]]) for _, _, body in server.posted[1:]] == [
        ("update", ["b"])
    ]


def test_rows_that_a_webhook_refuses_stay_due(database: Database, server: HookServer, tmp_path: Path) -> None:
    there = sending(database, opened(webhook(server), tmp_path))
    server.answers.append((200, {"results": [{"key": "a", "error": "no such account", "code": "E1"}]}))
    applied = there.sync({"key": "a"}, {"key": "b"})
    assert (applied.state, applied.counts["refused"]) == ("partial", 1)
    there.sync({"key": "a"}, {"key": "b"})
    assert [row["key"] for row in server.posted[1][2]["rows"]] == ["a"]


@pytest.mark.parametrize("kind", [webhook, chat], ids=["webhook", "chat"])
def test_what_nobody_listened_to_stays_due_and_is_sent_once_somebody_does(
    database: Database, server: HookServer, tmp_path: Path, kind: Callable[[HookServer], str]
) -> None:
    listening = kind(server)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = listening.replace(server.address, f"http://127.0.0.1:{taken.getsockname()[1]}")
    there = sending(database, opened(nobody, tmp_path))
    applied = there.sync({"key": "a"})
    assert (applied.state, applied.counts["due"]) == ("failed", 1)
    assert "Connection refused" in applied.problem
    assert sending(database, opened(listening, tmp_path)).sync({"key": "a"}).state == "success"
    assert len(server.posted) == 1


def test_a_webhook_that_takes_a_batch_once_gets_it_again_under_its_name(
    database: Database, server: HookServer, tmp_path: Path
) -> None:
    there = sending(database, opened(webhook(server, "repeats_safely = true\n"), tmp_path))
    server.answers.append((0, None))
    assert there.sync({"key": "a"}).state == "success"
    assert [headers["Idempotency-Key"] for _, headers, _ in server.posted] == ["health-1", "health-1"]


def test_a_message_is_sent_for_each_row_that_is_new_or_changed(
    database: Database, server: HookServer, tmp_path: Path
) -> None:
    there = sending(database, opened(chat(server), tmp_path))
    activation = msgspec.structs.replace(HEALTH, object="town-square")
    there.sync({"key": "a", "said": "Acme is at risk"}, activation=activation)
    there.sync({"key": "a", "said": "Acme is at risk"}, activation=activation)
    there.sync({"key": "a", "said": "Acme is well again"}, activation=activation)
    assert [body for _, _, body in server.posted] == [
        {"text": "Acme is at risk\nas of: 2026-01-15\nusers: 5", "channel": "town-square"},
        {"text": "Acme is well again\nas of: 2026-01-15\nusers: 5", "channel": "town-square"},
    ]


@pytest.mark.parametrize(("rule", "sent"), [("hold", 1), ("send_again", 2)])
def test_a_message_nobody_knows_of_is_sent_again_only_where_that_is_said(
    database: Database, server: HookServer, tmp_path: Path, rule: Any, sent: int
) -> None:
    there = sending(database, opened(chat(server), tmp_path))
    activation = msgspec.structs.replace(HEALTH, on_unknown=rule)
    server.answers.append((0, None))
    applied = there.sync({"key": "a"}, activation=activation)
    assert len(server.posted) == sent
    assert applied.state == ("success" if sent == 2 else "failed")
    assert applied.counts.get("unknown", 0) == (0 if sent == 2 else 1)
    there.sync({"key": "a"}, activation=activation)
    assert len(server.posted) == sent, "it counts as sent"


def test_the_address_of_a_chat_is_in_no_message_of_ours(server: HookServer, tmp_path: Path) -> None:
    destination = opened(chat(server), tmp_path)
    batch = Batch(
        "b-1", "message", "", Op.CREATE, [Write(number=0, op=Op.CREATE, key="a", values={"text": "x"})]
    )
    server.answers.append((404, {"error": "no such hook"}))
    (result,) = destination.write(batch, lambda ticket: None)
    assert result.refusal is not None
    assert result.refusal.trouble is Trouble.RIGHTS
    assert "secret-of-the-hook" not in result.refusal.message
    server.answers += [(0, None), (0, None)]
    with pytest.raises(OutcomeUnknown) as told:
        destination.write(batch, lambda ticket: None)
    assert "secret-of-the-hook" not in str(told.value)
