"""A tap that keeps to the specification keeps the contract of connectors, killed or not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.simulate.chance import Chance
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing import desk_tap
from mainstem.testing.connector_contract import ConnectorContract, Scene
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.helpdesk import helpdesk, ticket
from mainstem.testing.taps import executable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.simulate.saas import Service
    from mainstem.testing.connector_subject import Rows

TICKETS = 24


class TapSubject(ConnectorSubject):
    kind = "singer"
    stream = "tickets"
    path = r"/api/v2/incremental/tickets/cursor"
    slips = False

    def __init__(self, command: Path) -> None:
        self._command = command
        self._added = 0

    def make_service(self, clock: ControlledClock) -> ZendeskService:
        service = ZendeskService(clock, limits=())
        feed(helpdesk(TICKETS), [service], clock)
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        client_id, client_secret = ZendeskService.client
        return {
            "executable": str(self._command),
            "config": {"url": base_url, "client_id": client_id},
            "secrets": {"client_secret": client_secret},
            "rows_a_commit": 5,
        }

    def change(self, service: Service) -> None:
        desk = desk_of(service)
        self._added += 1
        for change in ticket(100 + self._added, 1, service.clock.now(), Chance(1, "more", self._added)):
            service.clock.move_to(change.at)
            service.absorb(change)
        desk.desk.change_ticket(3, service.clock.now(), {"priority": f"urgent {self._added}"}, 380_000)

    def remove(self, service: Service) -> None:
        desk_of(service).remove_group(desk_of(service).groups[0]["id"])

    def add_field(self, service: Service) -> tuple[str, str]:
        desk_of(service).desk.change_ticket(2, service.clock.now(), {"sentiment": "calm"}, 380_000)
        return "tickets", "sentiment"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        desk = desk_of(service)
        tickets = (kept.value for kept in desk.desk.tickets.values())
        users = (kept.value for kept in desk.desk.users.values())
        return {
            "tickets": by_id(tickets, "id", "status", "subject", "requester_id", "priority", "sentiment"),
            "users": by_id(users, "id", "name", "email"),
            "groups": by_id(desk.groups, "id", "name"),
        }


class TestTap(ConnectorContract):
    @pytest.fixture(autouse=True)
    def _command(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory(prefix="mainstem-test-") as folder:
            self.command = executable(Path(folder), desk_tap.__file__)
            yield

    def subject(self) -> ConnectorSubject:
        return TapSubject(self.command)

    def test_a_limit_that_bites_is_waited_out(self, scene: Scene) -> None:
        pytest.skip("a tap waits by a clock of its own, or fails, as a later test has it")


def by_id(rows: Any, *names: str) -> Rows:
    return {str(row["id"]): {name: row.get(name) for name in names} for row in rows}


def desk_of(service: Service) -> ZendeskService:
    assert isinstance(service, ZendeskService)
    return service
