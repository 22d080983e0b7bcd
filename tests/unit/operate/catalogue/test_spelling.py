from __future__ import annotations

import pytest

from mainstem.load.schema import PROVIDERS, EventMetadata, Options
from mainstem.operate.catalogue.known import Knowledge, KnownSource
from mainstem.operate.catalogue.spelling import Spellings


def test_paths_are_told_by_event_and_values_are_not_kept() -> None:
    spelled = Spellings()
    spelled.add(
        "web", {"type": "track", "event": "Paid", "properties": {"orderId": "x", "to": {"zipCode": 1}}}
    )
    spelled.add("web", {"type": "Track", "event": "Paid", "context": {"app": {"flavor": "f"}}})
    assert spelled.of("web") == {
        ("track", "Paid"): {
            ("properties", "orderId"),
            ("properties", "to", "zipCode"),
            ("context", "app", "flavor"),
        }
    }
    assert spelled.of("other") == {}


@pytest.mark.parametrize("event", [None, [], 5, {}, {"type": 7}, {"type": "track", "properties": [1]}])
def test_any_json_is_taken(event: object) -> None:
    spelled = Spellings()
    spelled.add("web", event)
    assert not any(spelled.of("web").values())


def test_names_that_look_like_data_are_left_out() -> None:
    spelled = Spellings()
    spelled.add("web", {"type": "identify", "traits": {"ann@example.com": 1, "plan": "free"}})
    assert spelled.of("web") == {("identify", None): {("traits", "plan")}}


def test_a_path_leads_to_its_column_without_a_plan() -> None:
    spelled = Spellings()
    spelled.add("web", {"type": "track", "event": "Paid", "properties": {"orderId": 1}})
    spelled.add("web", {"type": "page", "context": {"app": {"buildFlavor": "f"}}})
    source = KnownSource("site", EventMetadata(), None, None, spelled.of("web"))
    known = Knowledge([source], PROVIDERS["ducklake"], Options())
    paid = known.of("site", "paid", "track")
    assert known.of_column(paid, "site", "order_id").path == "properties.orderId"
    assert known.of_column(paid, "site", "context_app_build_flavor").path == "context.app.buildFlavor"
    assert paid.planned is None
