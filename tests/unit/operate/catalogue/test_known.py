from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mainstem.load.schema import PROVIDERS, EventMetadata, Options
from mainstem.operate.catalogue.known import Knowledge, KnownSource
from mainstem.tracking import SourceCatalogue
from mainstem.tracking.catalogue import CONTEXT
from mainstem.tracking.read import parse_plan

if TYPE_CHECKING:
    from mainstem.operate.catalogue.known import KnownProperty
    from mainstem.tracking import Plan

PLAN = """
version: 2
owner: growth
events:
  - name: Order Completed
    description: Somebody paid.
    owner: checkout
    since: "1.4"
    deprecated: Send Paid.
    properties:
      orderId: {type: string, required: true, description: Ours.}
      shipping: {type: object, properties: {zipCode: {type: string}}}
  - name: Anything Goes
  - type: page
"""
METADATA = EventMetadata(source_id="web")
DUCKLAKE = PROVIDERS["ducklake"]


def plan() -> Plan:
    return parse_plan(PLAN, Path("tracking-plan/site.yml"))


def seen() -> SourceCatalogue:
    catalogue = SourceCatalogue("web")
    at = "2026-03-01T12:00:00.000Z"
    order = catalogue.event(("track", "Order Completed"), at, True)
    context = catalogue.event(CONTEXT, at, False)
    assert order is not None
    assert context is not None
    catalogue.property(order, ("properties", "orderId"), "string", at, True)
    catalogue.property(order, ("properties", "couponCode"), "string", at, False)
    catalogue.property(order, ("properties", "couponCode"), "number", at, False)
    catalogue.property(context, ("context", "app", "buildFlavor"), "string", at, False)
    return catalogue


def knowledge(a_plan: Plan | None, a_catalogue: SourceCatalogue | None = None) -> Knowledge:
    return Knowledge([KnownSource("site", METADATA, a_plan, a_catalogue)], DUCKLAKE, Options())


def column(known: Knowledge, table: str, name: str, kind: str = "track") -> KnownProperty:
    return known.of_column(known.of("site", table, kind), "site", name)


def test_a_planned_event_says_what_its_plan_does() -> None:
    event = knowledge(plan()).of("site", "order_completed", "track")
    assert (event.plan, event.planned, event.description) == ("site", True, "Somebody paid.")
    assert (event.owner, event.since, event.deprecated) == ("checkout", "1.4", "Send Paid.")


def test_the_owner_of_a_plan_owns_its_events() -> None:
    assert knowledge(plan()).of("site", "anything_goes", "track").owner == "growth"


def test_an_event_that_no_plan_names_is_not_planned_and_without_a_plan_it_is_not_known() -> None:
    assert knowledge(plan()).of("site", "surprise", "track").planned is False
    assert knowledge(plan()).of("site", "surprise", "track").plan == "site"
    assert knowledge(None).of("site", "surprise", "track").planned is None
    assert knowledge(plan()).of("elsewhere", "surprise", "track").planned is None


@pytest.mark.parametrize("kind", ["users", "tracks", "alias", "other"])
def test_types_that_plans_do_not_judge_are_neither(kind: str) -> None:
    assert knowledge(plan()).of("site", "t", kind).planned is None


def test_a_page_without_a_name_plans_all_pages() -> None:
    assert knowledge(plan()).of("site", "pages", "page").planned is True


def test_paths_lead_to_the_columns_that_the_loader_makes_of_them() -> None:
    known = knowledge(plan())
    order_id = column(known, "order_completed", "order_id")
    assert (order_id.path, order_id.planned, order_id.required) == ("properties.orderId", True, True)
    assert order_id.description == "Ours."
    assert column(known, "order_completed", "shipping_zip_code").path == "properties.shipping.zipCode"


def test_a_property_beside_the_plan_is_not_planned_unless_anything_goes() -> None:
    known = knowledge(plan())
    assert column(known, "order_completed", "surprise").planned is False
    assert column(known, "anything_goes", "surprise").planned is None


def test_gateways_tell_how_a_property_is_spelled_and_of_which_types_it_was() -> None:
    known = knowledge(plan(), seen())
    coupon = column(known, "order_completed", "coupon_code")
    assert (coupon.path, coupon.json_types, coupon.planned) == (
        "properties.couponCode",
        ("number", "string"),
        False,
    )
    order_id = column(known, "order_completed", "order_id")
    assert (order_id.json_types, order_id.planned, order_id.description) == (("string",), True, "Ours.")


def test_context_is_known_in_every_table_of_its_source() -> None:
    known = knowledge(None, seen())
    flavor = column(known, "whatever", "context_app_build_flavor")
    assert (flavor.path, flavor.json_types) == ("context.app.buildFlavor", ("string",))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("context_library_name", "context.library.name"),
        ("context_page_referring_domain", "context.page.referring_domain"),
        ("context_device_advertising_id", "context.device.advertisingId"),
        ("id", "messageId"),
        ("anonymous_id", "anonymousId"),
    ],
)
def test_columns_of_the_specification_are_known_without_anybody_telling(name: str, path: str) -> None:
    assert column(knowledge(None), "whatever", name).path == path


def test_columns_that_the_loader_adds_have_no_path_but_an_explanation() -> None:
    loaded = column(knowledge(None), "whatever", "uuid_ts")
    assert (loaded.path, loaded.description) == (None, "Added by Mainstem: when the row was loaded.")


def test_a_property_nobody_told_of_has_no_path() -> None:
    assert column(knowledge(None), "whatever", "surprise").path is None
