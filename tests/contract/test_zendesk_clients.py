"""An independent client of Zendesk runs unchanged on the simulated one, and sees what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Ticket, User
from zenpy.lib.exception import APIException, RecordNotFoundException

from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing.connectors import NOON
from mainstem.testing.helpdesk import helpdesk
from mainstem.testing.saas import SimulatedHost
from tests.contract.test_zendesk import TICKETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.testing.saas import SaasHost

HOST = "https://acme.zendesk.com"


@pytest.fixture
def service() -> ZendeskService:
    made = ZendeskService(ControlledClock(NOON), limits=(), full=7)  # a client's pauses are real ones
    feed(helpdesk(TICKETS), [made], made.clock)
    made.clock.advance(600)
    return made


@pytest.fixture
def zenpy(service: ZendeskService, saas: SaasHost) -> Iterator[Zenpy]:
    with saas.hosting(service) as base_url, requests.Session() as session:
        session.mount(HOST, SimulatedHost(HOST, base_url))
        yield Zenpy(
            subdomain="acme",
            email="admin@helpdesk.example",
            token=service.api_token,
            session=session,
            disable_cache=True,
        )


def test_every_ticket_comes_by_the_cursor_export(zenpy: Zenpy, service: ZendeskService) -> None:
    found = list(zenpy.tickets.incremental(start_time=0, paginate_by_time=False, per_page=5))
    assert sorted(ticket.id for ticket in found) == sorted(service.desk.tickets)
    assert {ticket.id: ticket.status for ticket in found} == {
        number: kept.value["status"] for number, kept in service.desk.tickets.items()
    }


def test_every_object_comes_by_the_export_by_time(zenpy: Zenpy, service: ZendeskService) -> None:
    assert {one.id for one in zenpy.organizations.incremental(start_time=0)} == set(
        service.desk.organizations
    )
    assert {one.id for one in zenpy.users.incremental(start_time=0)} == set(service.desk.users)
    service.clock.advance(60)
    events = {one.id for one in zenpy.tickets.events(start_time=0, include=["comment_events"])}
    assert events == {event["id"] for _, event in service.desk.events}


def test_lists_have_pages(zenpy: Zenpy, service: ZendeskService) -> None:
    assert len(list(zenpy.tickets())) == TICKETS
    assert len(list(zenpy.users(cursor_pagination=3))) == len(service.desk.users)
    assert [group.name for group in zenpy.groups()] == ["Support America", "Support Europe", "Support Asia"]
    assert len(list(zenpy.satisfaction_ratings())) == len(service.desk.ratings)


def test_sla_policies_and_metrics_can_be_read(zenpy: Zenpy, service: ZendeskService) -> None:
    assert [policy.title for policy in zenpy.sla_policies()] == ["Professional", "Enterprise"]
    metric = zenpy.tickets.metrics(1)
    assert metric.ticket_id == 1
    assert metric.reply_time_in_minutes["calendar"] > 0
    assert next(iter(zenpy.tickets.comments(1))).public is True


def test_a_ticket_is_written_changed_and_deleted(zenpy: Zenpy, service: ZendeskService) -> None:
    audit = zenpy.tickets.create(Ticket(subject="New", description="Broken", tags=["vip"]))
    number = audit.ticket.id if hasattr(audit, "ticket") else audit.id
    ticket = zenpy.tickets(id=number)
    assert ticket.subject == "New"
    ticket.priority = "high"
    zenpy.tickets.update(ticket)
    assert service.desk.tickets[number].value["priority"] == "high"
    zenpy.tickets.delete(ticket)
    service.clock.advance(120)
    exported = {one.id: one.status for one in zenpy.tickets.incremental(start_time=0, paginate_by_time=False)}
    assert exported[number] == "deleted"
    assert number not in {one.id for one in zenpy.tickets()}


def test_a_person_is_changed(zenpy: Zenpy, service: ZendeskService) -> None:
    number = max(service.desk.users)
    zenpy.users.update(User(id=number, name="Grace Hopper"))
    assert zenpy.users(id=number).name == "Grace Hopper"


def test_what_there_is_not_is_told_as_zendesk_tells_it(zenpy: Zenpy) -> None:
    with pytest.raises(RecordNotFoundException):
        zenpy.tickets(id=999_999)


def test_a_wrong_token_is_refused(service: ZendeskService, saas: SaasHost) -> None:
    with saas.hosting(service) as base_url, requests.Session() as session:
        session.mount(HOST, SimulatedHost(HOST, base_url))
        zenpy = Zenpy(subdomain="acme", email="admin@helpdesk.example", token="wrong", session=session)
        with pytest.raises(APIException, match="authenticate"):
            list(zenpy.groups())


def test_a_limit_is_waited_out_as_zendesk_tells_it(zenpy: Zenpy, service: ZendeskService) -> None:
    service.faults.add(Fault("rate_limit", "/groups", seconds=0.0))
    assert len(list(zenpy.groups())) == 3
    assert service.calls["limited"] == 1
