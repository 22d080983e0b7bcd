from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from requests import Response

from mainstem.connectors import Asked
from mainstem.connectors.marketo import KIND
from mainstem.connectors.marketo.answers import failing, judge, quota
from mainstem.connectors.marketo.names import snake, worded
from mainstem.connectors.marketo.place import OVERLAP, Place
from mainstem.connectors.marketo.rows import Activities, merged, moment
from mainstem.connectors.marketo.settings import MarketoSettings
from mainstem.saas import Verdict

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(body: bytes, path: str = "/rest/v1/leads.json", status: int = 200) -> Response:
    found = Response()
    found.status_code, found._content = status, body
    found.headers["Content-Type"] = "application/json;charset=UTF-8"
    found.url = f"https://123-abc-456.mktorest.com{path}"
    return found


def error(code: str) -> Response:
    return answer(b'{"success":false,"errors":[{"code":"%s","message":"no"}]}' % code.encode())


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("601", Verdict.RENEW), ("602", Verdict.RENEW), ("603", Verdict.DENIED), ("606", Verdict.WAIT),
        ("615", Verdict.WAIT), ("607", Verdict.QUOTA), ("713", Verdict.RETRY), ("1003", Verdict.REFUSED),
        ("odd", Verdict.REFUSED),
    ],
)  # fmt: skip
def test_an_error_in_the_body_is_judged_by_its_number(code: str, verdict: Verdict) -> None:
    assert judge(error(code)) is verdict


def test_answers_without_an_error_are_left_to_their_status() -> None:
    for found in (answer(b'{"success":true,"result":[]}'), answer(b'{"succ'), answer(b"[]", status=502)):
        assert judge(found) is None


def test_what_is_decided_by_an_error_is_told_to_who_asked() -> None:
    assert (failing(error("1035")), failing(error("1029"))) == (1035, 1029)
    assert judge(error("1035")) is Verdict.OK


def test_the_quota_starts_anew_at_midnight_in_central_time() -> None:
    body = b'{"success":true,"result":[{"date":"2026-03-01","total":120}]}'
    found = quota(answer(body, "/rest/v1/stats/usage.json"), 50_000, NOW)
    assert found is not None
    assert (found.remaining, found.resets_at) == (49_880, datetime(2026, 3, 2, 6, tzinfo=UTC))
    assert quota(answer(body), 50_000, NOW) is None


def test_names_of_fields_and_labels_become_columns() -> None:
    fields = ("firstName", "anonymousIP", "sfdcId", "Portal_Customer_Id__c", "mktoIsPartner")
    assert [snake(one) for one in fields] == [
        "first_name", "anonymous_ip", "sfdc_id", "portal_customer_id_c", "mkto_is_partner",
    ]  # fmt: skip
    assert [worded(one) for one in ("Merge IDs", "Client IP Address", "API Method Name")] == [
        "merge_ids", "client_ip_address", "api_method_name",
    ]  # fmt: skip


def test_assets_have_an_offset_behind_the_z() -> None:
    assert moment("2026-01-02T03:04:05Z+0000") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("told", ["[7, 9]", "7,9", [7, 9]])
def test_the_losers_of_a_merge_are_read_however_they_are_written(told: Any) -> None:
    assert merged({"attributes": [{"name": "Merge IDs", "value": told}]}) == [7, 9]
    assert merged({"attributes": []}) == []


def test_an_activity_is_one_row_from_a_file_and_from_an_answer() -> None:
    kind = {
        "id": 6,
        "name": "Send Email",
        "primaryAttribute": {"name": "Mailing ID", "dataType": "integer"},
        "attributes": [{"name": "Choice Number", "dataType": "integer"}],
    }
    shared = {"marketoGUID": "1", "activityDate": "2026-01-02T03:04:05Z"}
    answered = {
        **shared, "leadId": 5, "activityTypeId": 6, "primaryAttributeValueId": 8,
        "primaryAttributeValue": "Hello", "attributes": [{"name": "Choice Number", "value": 3}],
    }  # fmt: skip
    written = {
        **shared, "leadId": "5", "activityTypeId": "6", "campaignId": "", "primaryAttributeValueId": "8",
        "primaryAttributeValue": "Hello", "attributes": '{"Choice Number":3}',
    }  # fmt: skip
    rows = Activities([kind])
    table, row = rows.row(answered)
    assert table == "activity_send_email"
    assert (row["email_template_id"], row["choice_number"]) == (8, 3)
    assert rows.row(written)[1] == {**row, "primary_attribute_value_id": "8", "email_template_id": "8"}


def test_tables_that_models_wait_for_are_those_that_are_read() -> None:
    every = KIND.tables(MarketoSettings(type="marketo"))
    assert {"lead", "activity_send_email", "program", "list_membership"} <= set(every)
    few = MarketoSettings(type="marketo", activity_types=("Send Email",), without=("lists",))
    named = [name for name in KIND.tables(few) if name.startswith("activity_")]
    assert named == [
        "activity_delete_lead", "activity_send_email", "activity_other", "activity_type",
        "activity_type_attribute",
    ]  # fmt: skip
    assert "list" not in KIND.tables(few)


def place(position: dict[str, Any] | None = None) -> Place:
    return Place.of(Asked(position), START)


def test_a_run_begins_before_the_end_of_the_last() -> None:
    first = place()
    assert (first.since, first.is_first) == (START, True)
    first.ended(NOW, NOW + timedelta(seconds=3))
    again = place(dict(first.next()))
    assert (again.since, again.is_first) == (NOW - OVERLAP, False)


def test_what_marketo_had_not_written_yet_counts_as_unread() -> None:
    behind = NOW - timedelta(days=9)  # Marketo's clock, as the job tells it
    found = place()
    found.ended(NOW, behind)
    assert place(dict(found.next())).since == behind - OVERLAP


def test_a_run_without_news_moves_its_position_once_a_day() -> None:
    held = {"through": NOW.isoformat()}
    for passed, moved in ((timedelta(hours=23), False), (timedelta(hours=25), True)):
        found = place(held)
        found.ended(NOW + passed, NOW + passed)
        assert (found.next() != held) is moved
    found = place(held)
    found.saw(1)
    found.ended(NOW + timedelta(minutes=5), NOW + timedelta(minutes=5))
    assert found.next() != held


def test_what_is_gone_since_the_last_whole_run_is_asked_for_by_whoever_goes_on() -> None:
    held = {"through": NOW.isoformat()}
    first = place(held)
    first.ended(NOW + timedelta(days=30), NOW + timedelta(days=50))
    other = place(dict(first.going()))
    assert (other.since, other.before) == (NOW + timedelta(days=30), NOW)
    began = place()
    began.listed(NOW, NOW)
    began.turn_to_changes()
    assert place(dict(began.going())).before is None


def test_a_process_goes_on_with_the_export_of_another() -> None:
    first = place()
    first.export("e-1", NOW)
    first.row = 40
    other = place(dict(first.going()))
    assert (other.job, other.stop, other.row, other.since) == ("e-1", NOW, 40, START)
    assert other.is_first
