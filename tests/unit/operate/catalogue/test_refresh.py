from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstem.operate.catalogue import CatalogueSettings, SampleValue, SpelledName

CONTEXT = {"library": {"name": "analytics-js", "version": "3.1.0"}, "app": {"version": "1.0"}}


def test_an_event_is_a_table_with_its_name_senders_volume_and_first_version(house: Any) -> None:
    house.send(event="Order Completed", context=CONTEXT, at=datetime(2026, 2, 27, 9, tzinfo=UTC))
    house.send(event="Order Completed", context={**CONTEXT, "app": {"version": "1.1"}})
    house.send(event="order_completed")
    house.load()
    house.refresh()

    event = house.event("order_completed")
    assert (event.type, event.event, event.rows) == ("track", "Order Completed", 3)
    assert event.names == (SpelledName("Order Completed", 2), SpelledName("order_completed", 1))
    assert event.sources == ("web",)
    assert event.first_seen == datetime(2026, 2, 27, 9, tzinfo=UTC)
    assert event.first_version == "1.0"
    senders = {(s.library, s.version, s.app_version, s.source): s.rows for s in event.senders}
    assert senders == {
        ("analytics-js", "3.1.0", "1.0", "web"): 1,
        ("analytics-js", "3.1.0", "1.1", "web"): 1,
        (None, None, None, "web"): 1,
    }
    days = [(day.day.date().isoformat(), day.rows) for day in house.catalogue.volumes[event.key]]
    assert days == [("2026-02-27", 1), ("2026-03-01", 2)]


def test_standard_tables_have_the_type_of_their_events(house: Any) -> None:
    house.send("page", name="Home")
    house.send("identify", traits={"plan": "free"})
    house.send("group", groupId="g")
    house.send(event="Tracks")
    house.load()
    house.refresh()
    types = {event.table_name: event.type for event in house.catalogue.events}
    assert types == {
        "pages": "page",
        "identifies": "identify",
        "users": "users",
        "groups": "group",
        "tracks": "tracks",
        "_tracks": "track",
    }


def test_a_property_says_since_when_how_often_and_since_which_version_it_comes(house: Any) -> None:
    house.send(event="Paid", context=CONTEXT, properties={"total": 5})
    house.load()
    later = house.now
    house.send(event="Paid", context={**CONTEXT, "app": {"version": "1.2"}}, properties={"coupon": "x"})
    house.send(event="Paid", properties={"coupon": "y"})
    house.load()
    house.refresh()
    total, coupon = house.property("paid", "total"), house.property("paid", "coupon")
    assert (total.type, total.present, total.first_version) == ("int", 1, "1.0")
    assert (coupon.type, coupon.present, coupon.first_version) == ("string", 2, "1.2")
    assert coupon.null_share == pytest.approx(1 / 3)
    assert coupon.first_seen == later
    assert (coupon.distinct_values, coupon.sampled) == (2, 2)


def test_the_version_can_be_another_property(house: Any) -> None:
    house.settings = CatalogueSettings(version_column="release")
    house.send(event="Paid", properties={"release": "r7"}, context=CONTEXT)
    house.load()
    house.refresh()
    assert house.event("paid").first_version == "r7"


def test_new_rows_are_counted_alone_and_laid_on_top(house: Any) -> None:
    for number in range(5):
        house.send(event="Paid", properties={"total": number})
    house.load()
    assert house.refresh().counted == 10  # each event is in `tracks`, too
    house.send(event="Paid", properties={"total": 9, "coupon": "x"})
    house.load()
    report = house.refresh()
    assert report.counted == 2
    assert (house.event("paid").rows, house.property("paid", "total").present) == (6, 6)
    by_parts = house.catalogue
    house.refresh(full=True)
    anew = house.catalogue
    assert [e.rows for e in anew.events] == [e.rows for e in by_parts.events]
    assert anew.volumes == by_parts.volumes
    assert [(p.present, p.first_seen, p.last_seen) for p in anew.properties["website.paid"]] == [
        (p.present, p.first_seen, p.last_seen) for p in by_parts.properties["website.paid"]
    ]


def test_a_refresh_with_nothing_new_reads_no_event_and_writes_nothing(house: Any) -> None:
    house.send(event="Paid")
    house.load()
    house.refresh()
    before = len(house.warehouse.transactions)
    report = house.refresh()
    assert (report.counted, report.looked_at, report.changed) == (0, 0, 0)
    assert len(house.warehouse.transactions) == before


def test_counts_that_do_not_add_up_are_made_anew(house: Any) -> None:
    for plan in ("free", "pro", "free"):
        house.send("identify", userId="one", traits={"plan": plan})
        house.load()
        house.refresh()
    assert house.event("users").rows == 1
    assert house.property("users", "plan").present == 1


def test_a_table_that_is_gone_is_forgotten(house: Any) -> None:
    house.send(event="Paid")
    house.load()
    house.refresh()
    house.warehouse._connection.execute("DROP TABLE website.paid")
    house.refresh()
    assert house.catalogue.named("website", "paid") is None
    assert "website.paid" not in house.catalogue.properties
    assert "website.paid" not in house.catalogue.volumes


def test_a_refresh_that_dies_before_its_commit_has_counted_nothing(house: Any) -> None:
    house.send(event="Paid")
    house.load()
    house.refresh()
    house.send(event="Paid")
    house.load()

    def dies(point: str) -> None:
        if point == "commit":
            raise RuntimeError("killed")

    house.warehouse.at = dies
    with pytest.raises(RuntimeError, match="killed"):
        house.refresh()
    house.warehouse.at = lambda _: None
    house.refresh()
    assert (house.event("paid").rows, house.property("paid", "id").present) == (2, 2)


def test_values_that_did_not_fit_stand_as_conflicts_with_the_reason(house: Any) -> None:
    house.send(event="Paid", properties={"total": 5})
    house.load()
    house.send(event="Paid", properties={"total": "much"})
    house.send(event="Paid", properties={"total": "more"})
    house.load()
    house.refresh()
    total = house.property("paid", "total")
    assert total.conflicts == 2
    assert total.conflict_reason == "incompatible schema conversion from int to string"


def test_values_that_enough_people_sent_are_shown_the_most_frequent_first(house: Any) -> None:
    for plan in ("pro", "pro", "pro", "free", "free", "ann's own"):
        house.send(event="Paid", properties={"plan": plan, "trial": plan == "free"})
    house.load()
    house.refresh()
    plan = house.property("paid", "plan")
    assert plan.sample_values == (SampleValue("pro", 3), SampleValue("free", 2))
    assert house.property("paid", "trial").sample_values == (SampleValue("false", 4), SampleValue("true", 2))


def test_a_value_that_one_person_sent_often_is_not_shown(house: Any) -> None:
    for _ in range(5):
        house.send(event="Paid", userId="ann", properties={"plan": "ann's"})
    house.load()
    house.refresh()
    plan = house.property("paid", "plan")
    assert plan.sample_values == ()
    assert plan.unsampled_because == "each value was sent by fewer than 2 people"


def test_no_value_of_a_personal_property_is_kept_in_the_catalogue(house: Any) -> None:
    for number in range(6):
        person = f"person{number % 2}@example.com"
        house.send(
            event="Paid",
            properties={"contact": person, "email": person, "note": f"call +44 20 7946 000{number % 2}"},
        )
    house.load()
    house.refresh()
    contact, email, note = (house.property("paid", c) for c in ("contact", "email", "note"))
    assert (contact.pii, contact.pii_from, contact.pii_share) == ("email", "values", 1.0)
    assert (email.pii, email.pii_from) == ("email", "name and values")
    assert note.pii == "phone"
    assert contact.unsampled_because == "it may be personal (email)"
    for table in ("event_catalogue", "property_catalogue", "event_volumes"):
        text = str(house.warehouse.query(f"SELECT * FROM mainstem.{table}").to_pylist())
        assert "example.com" not in text
        assert "7946" not in text


def test_a_name_that_holds_an_address_is_masked(house: Any) -> None:
    house.send(event="Mail To ann@example.com")
    house.load()
    house.refresh()
    event = house.event("mail_to_ann_example_com")
    assert (event.event, event.names) == ("Mail To [email]", (SpelledName("Mail To [email]", 1),))
    house.send(event="Mail To ann@example.com")
    house.load()
    house.refresh()
    assert house.event("mail_to_ann_example_com").names == (SpelledName("Mail To [email]", 2),)


def test_a_property_of_many_values_shows_none(house: Any) -> None:
    house.settings = CatalogueSettings(sample_people=1, sample_values=2)
    for number in range(9):
        house.send(event="Paid", properties={"total": number})
    house.load()
    house.refresh()
    assert house.property("paid", "total").unsampled_because == "it has many distinct values"


def test_lists_are_not_shown_though_their_columns_are_text(house: Any) -> None:
    for _ in range(3):
        house.send(event="Paid", properties={"items": [{"sku": "a"}]})
    house.load()
    house.refresh()
    items = house.property("paid", "items")
    assert (items.type, items.sample_values) == ("string", ())
    assert items.unsampled_because == "lists, objects and moments are not shown"


def test_only_the_newest_rows_are_looked_at(house: Any) -> None:
    house.settings = CatalogueSettings(sample_rows=100, sample_people=1)
    for number in range(150):
        house.send(event="Paid", properties={"wave": f"old {number}"}, at=house.now - timedelta(days=5))
    house.load()
    for _ in range(100):
        house.send(event="Paid", properties={"wave": "new"})
    house.load()
    house.refresh()
    wave = house.property("paid", "wave")
    assert (wave.distinct_values, wave.sampled, wave.present) == (1, 100, 250)
    assert house.event("paid").sampled_rows == 100


def test_tables_without_the_loaders_columns_are_no_events(house: Any) -> None:
    house.send(event="Paid")
    house.load()
    house.warehouse._connection.execute("CREATE TABLE website.notes (text VARCHAR)")
    house.refresh()
    assert {event.table_name for event in house.catalogue.events} == {"paid", "tracks"}


def test_a_catalogue_of_an_older_version_gets_the_columns_it_lacks(house: Any) -> None:
    house.send(event="Paid")
    house.load()
    house.refresh()
    house.warehouse._connection.execute("ALTER TABLE mainstem.event_catalogue DROP COLUMN owner")
    house.refresh()
    assert "owner" in house.warehouse.columns("mainstem")["event_catalogue"]
    assert house.event("paid").owner == ""
