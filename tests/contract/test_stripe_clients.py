"""Stripe's own client runs unchanged on the simulated one, and sees what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stripe

from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.stripe import StripeService
from mainstem.testing.connectors import NOON
from mainstem.testing.sales import sales
from tests.contract.test_stripe import ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.testing.saas import SaasHost


@pytest.fixture
def service() -> StripeService:
    made = StripeService(ControlledClock(NOON), limits=(), embedded=2)  # a client's pauses are real ones
    feed(sales(ACCOUNTS), [made], made.clock)
    made.clock.advance(600)
    return made


@pytest.fixture
def client(service: StripeService, saas: SaasHost) -> Iterator[stripe.StripeClient]:
    with saas.hosting(service) as base_url:
        made = client_at(base_url, service.api_key)
        yield made
        made._requestor._client.close()  # type: ignore[union-attr] # it has no way of its own to give it up


def client_at(base_url: str, api_key: str, **more: Any) -> stripe.StripeClient:
    return stripe.StripeClient(api_key, base_addresses={"api": base_url}, **more)


def ids(found: Any) -> list[str]:
    return [one.id for one in found.auto_paging_iter()]


def test_every_list_comes_page_by_page(client: stripe.StripeClient, service: StripeService) -> None:
    kept = service.books.kept
    assert sorted(ids(client.v1.customers.list({"limit": 5}))) == sorted(kept["customer"])
    assert sorted(ids(client.v1.products.list({"limit": 2}))) == sorted(kept["product"])
    assert sorted(ids(client.v1.prices.list())) == sorted(kept["price"])
    assert sorted(ids(client.v1.invoices.list({"limit": 3}))) == sorted(kept["invoice"])
    assert sorted(ids(client.v1.charges.list({"limit": 3}))) == sorted(kept["charge"])


def test_lists_are_newest_first_and_bounded_by_time(
    client: stripe.StripeClient, service: StripeService
) -> None:
    created = [one.created for one in client.v1.customers.list({"limit": 100}).data]
    assert created == sorted(created, reverse=True)
    middle = created[len(created) // 2]
    later = client.v1.customers.list({"limit": 100, "created": {"gte": middle}})
    assert [one.created for one in later.data] == [at for at in created if at >= middle]
    last = client.v1.customers.list({"limit": 3}).data[-1].id
    before = client.v1.customers.list({"limit": 100, "ending_before": last})
    assert len(before.data) == 2


def test_subscriptions_have_items_and_invoices_lines(
    client: stripe.StripeClient, service: StripeService
) -> None:
    books = service.books
    for one in client.v1.subscriptions.list({"status": "all"}).auto_paging_iter():
        items = client.v1.subscription_items.list({"subscription": one.id, "limit": 1})
        assert ids(items) == [item["id"] for item in books.items[one.id]]
        assert one["items"].has_more == (len(books.items[one.id]) > 2)
    for invoice in client.v1.invoices.list().auto_paging_iter():
        assert ids(invoice.lines) == [line["id"] for line in books.lines[invoice.id]]
        assert invoice.total == sum(line["amount"] for line in books.lines[invoice.id])


def test_a_canceled_subscription_is_listed_only_when_it_is_asked_for(
    client: stripe.StripeClient, service: StripeService
) -> None:
    first = next(iter(service.books.kept["subscription"]))
    assert client.v1.subscriptions.cancel(first).status == "canceled"
    assert first not in ids(client.v1.subscriptions.list())
    assert first in ids(client.v1.subscriptions.list({"status": "all"}))
    [event] = client.v1.events.list({"type": "customer.subscription.deleted"}).data
    assert event.data.object["id"] == first


def test_a_customer_is_written_changed_and_deleted(
    client: stripe.StripeClient, service: StripeService
) -> None:
    made = client.v1.customers.create({"name": "Ada", "email": "ada@a.example", "metadata": {"plan": "gold"}})
    assert service.books.kept["customer"][made.id]["metadata"] == {"plan": "gold"}
    assert client.v1.customers.update(made.id, {"name": "Ada L."}).name == "Ada L."
    assert client.v1.customers.retrieve(made.id).email == "ada@a.example"
    assert client.v1.customers.delete(made.id).deleted is True
    assert made.id not in ids(client.v1.customers.list({"limit": 100}))
    names = ["customer.created", "customer.updated", "customer.deleted"]
    events = [
        event.type
        for event in client.v1.events.list({"types": names, "limit": 5}).auto_paging_iter()
        if event.data.object["id"] == made.id
    ]
    assert events == list(reversed(names))


def test_events_end_after_thirty_days(client: stripe.StripeClient, service: StripeService) -> None:
    assert len(client.v1.events.list({"type": "customer.*", "limit": 100}).data) > 0
    service.clock.advance(40 * 86_400)
    assert client.v1.events.list({"limit": 100}).data == []


def test_what_there_is_not_and_a_wrong_key_are_told_as_stripe_tells_it(
    client: stripe.StripeClient, saas: SaasHost, service: StripeService
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as told:
        client.v1.customers.retrieve("cus_none")
    assert told.value.code == "resource_missing"
    with saas.hosting(service) as base_url, pytest.raises(stripe.AuthenticationError):
        client_at(base_url, "sk_test_wrong").v1.customers.list()


def test_a_limit_and_an_error_are_waited_out(saas: SaasHost, service: StripeService) -> None:
    with saas.hosting(service) as base_url:
        patient = client_at(base_url, service.api_key, max_network_retries=3)
        service.faults.add(Fault("error", "/v1/products", status=503))
        assert len(patient.v1.products.list().data) == len(service.books.kept["product"])
        assert service.calls["error"] == 1
        service.faults.add(Fault("rate_limit", "/v1/prices", seconds=0.0))
        with pytest.raises(stripe.RateLimitError):
            client_at(base_url, service.api_key, max_network_retries=0).v1.prices.list()
