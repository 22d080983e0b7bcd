"""The declaration of Stripe keeps the contract of connectors on the simulated Stripe."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.connectors.run import Wanted
from mainstem.simulate.saas import feed
from mainstem.simulate.saas.stripe import StripeService
from mainstem.testing.connector_contract import SCHEMA, ConnectorContract
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.helpdesk import account
from mainstem.testing.sales import sales, sold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.simulate.saas import ControlledClock, Service
    from mainstem.testing.connector_contract import Scene
    from mainstem.testing.connector_subject import Rows

ACCOUNTS = 22


class StripeSubject(ConnectorSubject):
    kind = "rest"
    stream = "customers"
    path = r"/v1/(customers|events)"

    def __init__(self) -> None:
        self._added = 0

    def make_service(self, clock: ControlledClock) -> StripeService:
        service = StripeService(clock, embedded=2)
        feed(sales(ACCOUNTS), [service], clock)
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        return {
            "base_url": base_url,
            "declaration": "stripe",
            "secrets": {"api_key": StripeService.api_key},
            "parameters": {"page_size": 5},
        }

    def change(self, service: Service) -> None:
        self._added += 1
        number, at = 100 + self._added, service.clock.now()
        for change in (*account(number, at), *sold(f"more_{number}", number, 3, at + timedelta(seconds=5))):
            service.clock.move_to(change.at)
            service.absorb(change)
        books = _stripe(service).books
        for kind, fields in (("customer", {"phone": f"+49 {number}"}), ("product", {"active": False})):
            books.update(kind, list(books.kept[kind])[1], service.clock.now(), fields)
        standing = [one["id"] for one in books.kept["subscription"].values() if one["status"] != "canceled"]
        books.cancel(standing[0], service.clock.now())

    def remove(self, service: Service) -> None:
        books = _stripe(service).books
        for kind in ("customer", "invoice"):
            books.delete(kind, list(books.kept[kind])[2], service.clock.now())

    def add_field(self, service: Service) -> tuple[str, str]:
        books = _stripe(service).books
        books.update("customer", next(iter(books.kept["customer"])), service.clock.now(), {"nickName": "Al"})
        return "customer", "nick_name"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        books = _stripe(service).books
        kept = {kind: list(found.values()) for kind, found in books.kept.items()}
        return {
            "customer": {
                one["id"]: {
                    "name": one["name"], "email": one["email"], "phone": one["phone"],
                    "balance": one["balance"],
                    "account_balance": one["balance"], "created": moment(one["created"]), "is_deleted": False,
                }
                for one in kept["customer"]
            },
            "product": {
                one["id"]: {"name": one["name"], "active": one["active"], "updated": moment(one["updated"])}
                for one in kept["product"]
            },
            "price": {
                one["id"]: {"product_id": one["product"], "recurring_interval": one["recurring"]["interval"]}
                for one in kept["price"]
            },
            "subscription": {
                one["id"]: {
                    "customer_id": one["customer"], "status": one["status"],
                    "latest_invoice_id": one["latest_invoice"], "ended_at": moment(one["ended_at"]),
                }
                for one in kept["subscription"]
            },
            "subscription_item": {
                item["id"]: {"subscription_id": number, "plan_id": item["price"]["id"], "quantity": 1}
                for number, items in books.items.items()
                for item in items
            },
            "invoice": {
                one["id"]: {
                    "customer_id": one["customer"], "charge_id": one["charge"], "total": one["total"],
                    "status_transitions_paid_at": moment(one["status_transitions"]["paid_at"]),
                }
                for one in kept["invoice"]
            },
            "invoice_line_item": {
                f'["{one["id"]}","{line["id"]}"]': {
                    "invoice_id": one["id"], "amount": line["amount"], "line_index": n,
                    "price_id": line["price"]["id"], "period_end": moment(line["period"]["end"]),
                }
                for one in kept["invoice"]
                for n, line in enumerate(books.lines[one["id"]])
            },
            "charge": {
                one["id"]: {
                    "amount": one["amount"], "invoice_id": one["invoice"],
                    "billing_detail_email": one["billing_details"]["email"],
                    "outcome_risk_score": one["outcome"]["risk_score"],
                }
                for one in kept["charge"]
            },
        }  # fmt: skip


class TestStripe(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        return StripeSubject()

    def test_a_token_that_ends_on_the_way_is_renewed(self, scene: Scene) -> None:
        """A key does not end; one that is rolled is refused, until the settings have the new one."""
        scene.fault("expired", after=2)
        assert scene.sync().state == "failed"
        assert scene.service.calls["refused"] >= 1
        assert isinstance(scene.service, StripeService)
        scene.service.api_key = StripeService.api_key
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_what_changed_long_ago_is_found_by_listing_again(self, scene: Scene) -> None:
        scene.sync()
        scene.subject.change(scene.service)
        scene.clock.advance(40 * 86_400)  # Stripe keeps events for 30 days
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_a_range_has_what_was_created_in_it(self, scene: Scene) -> None:
        since = scene.subject.start + timedelta(hours=9)
        assert scene.sync(Wanted(("customers",), since=since, until=since + timedelta(hours=10))).state
        [created] = [scene.warehouse.query(f"SELECT created FROM {SCHEMA}.customer").to_pydict()["created"]]
        assert len(created) == 5
        assert all(since <= at < since + timedelta(hours=10) for at in created)

    def test_the_key_stands_in_no_error(self, scene: Scene) -> None:
        assert isinstance(scene.service, StripeService)
        scene.service.api_key = "sk_test_another"
        result = scene.sync()
        assert result.state == "failed"
        assert "Invalid API Key" in result.streams[0].problem
        assert StripeService.api_key not in result.streams[0].problem
        with closing(scene.opened()) as connector:
            [finding] = connector.check()
        assert not finding.is_good


def _stripe(service: Service) -> StripeService:
    assert isinstance(service, StripeService)
    return service


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("kind", ["invoice", "subscription"])
def test_some_lists_are_cut_in_the_objects_that_hold_them(kind: str) -> None:
    from mainstem.simulate.saas import ControlledClock
    from mainstem.testing.connectors import NOON

    books = StripeSubject().make_service(ControlledClock(NOON)).books
    name = {"invoice": "lines", "subscription": "items"}[kind]
    assert any(books.shown(kind, one, 2)[name]["has_more"] for one in books.kept[kind].values())
