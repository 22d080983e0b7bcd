"""Google's own client of the Data API runs unchanged on the simulated property."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    CheckCompatibilityRequest,
    Compatibility,
    DateRange,
    Dimension,
    Filter,
    FilterExpression,
    FilterExpressionList,
    Metric,
    MetricType,
    NumericValue,
    OrderBy,
    RunReportRequest,
)
from google.api_core.exceptions import BadRequest, Forbidden, TooManyRequests, Unauthorized
from google.auth import jwt
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials as UserCredentials
from google.oauth2.service_account import Credentials

from mainstem.simulate.saas import ControlledClock, Fault
from mainstem.simulate.saas.ga4 import Ga4Service
from mainstem.simulate.saas.ga4.report import Shape
from mainstem.testing.connectors import NOON
from mainstem.testing.website import service_account, website

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.analytics.data_v1beta.types import RunReportResponse
    from google.auth.credentials import Credentials as AnyCredentials

    from mainstem.simulate.saas.ga4.visits import Hit
    from mainstem.testing.saas import SaasHost

PROPERTY = f"properties/{Ga4Service.property}"
SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
ALL = DateRange(start_date="30daysAgo", end_date="today")


@pytest.fixture
def service() -> Ga4Service:
    made = Ga4Service(ControlledClock(NOON), lag=(0.0, 0.0), shape=Shape(other_above=400))
    website(made.site, 6)
    return made


@pytest.fixture
def base_url(service: Ga4Service, saas: SaasHost) -> Iterator[str]:
    with saas.hosting(service) as url:
        yield url


@pytest.fixture
def client(service: Ga4Service, base_url: str) -> Iterator[BetaAnalyticsDataClient]:
    with made(user(service, base_url), base_url) as client:
        yield client


def user(service: Ga4Service, base_url: str) -> UserCredentials:
    client_id, secret = service.door.client
    return UserCredentials(  # type: ignore[no-untyped-call] # google-auth has types for some of it
        None,
        refresh_token=service.door.refresh_token,
        token_uri=f"{base_url}/token",
        client_id=client_id,
        client_secret=secret,
    )


def made(credentials: AnyCredentials, base_url: str) -> BetaAnalyticsDataClient:
    return BetaAnalyticsDataClient(
        credentials=credentials, transport="rest", client_options={"api_endpoint": base_url}
    )


def report(
    *dimensions: str, metrics: tuple[str, ...] = ("eventCount",), **fields: object
) -> RunReportRequest:
    return RunReportRequest(
        property=PROPERTY,
        dimensions=[Dimension(name=name) for name in dimensions],
        metrics=[Metric(name=name) for name in metrics],
        **{"date_ranges": [ALL], **fields},
    )


def rows(answer: RunReportResponse) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {
        tuple(one.value for one in row.dimension_values): tuple(one.value for one in row.metric_values)
        for row in answer.rows
    }


def hits(service: Ga4Service) -> list[Hit]:
    return list(service.site.hits(date(2020, 1, 1), date(2030, 1, 1), service.clock.now()))


def test_a_report_counts_what_was_counted(client: BetaAnalyticsDataClient, service: Ga4Service) -> None:
    answer = client.run_report(report("date", "pagePath", metrics=("eventCount", "totalUsers")))
    counted = Counter((f"{service.site.day(hit.at):%Y%m%d}", hit.path) for hit in hits(service))
    assert {key: int(values[0]) for key, values in rows(answer).items()} == counted
    assert answer.row_count == len(counted)
    assert [one.name for one in answer.dimension_headers] == ["date", "pagePath"]
    assert [one.type_ for one in answer.metric_headers] == [MetricType.TYPE_INTEGER] * 2
    assert (answer.metadata.time_zone, answer.metadata.currency_code) == ("Europe/Berlin", "EUR")


def test_pages_of_a_report_are_its_rows_in_order(client: BetaAnalyticsDataClient) -> None:
    order = [
        OrderBy(dimension=OrderBy.DimensionOrderBy(dimension_name=name)) for name in ("date", "pagePath")
    ]
    whole = list(rows(client.run_report(report("date", "pagePath", order_bys=order))))
    paged: list[tuple[str, ...]] = []
    while len(paged) < len(whole):
        answer = client.run_report(report("date", "pagePath", order_bys=order, limit=4, offset=len(paged)))
        assert 0 < len(answer.rows) <= 4
        paged += rows(answer)
    assert paged == whole == sorted(whole)


def test_rows_come_by_a_metric_when_they_are_asked_to(client: BetaAnalyticsDataClient) -> None:
    by_count = OrderBy(metric=OrderBy.MetricOrderBy(metric_name="eventCount"), desc=True)
    found = [
        int(values[0])
        for values in rows(client.run_report(report("pagePath", order_bys=[by_count]))).values()
    ]
    assert found == sorted(found, reverse=True)


def test_filters_hold_for_dimensions_and_metrics(client: BetaAnalyticsDataClient) -> None:
    def text(field: str, value: str, kind: int) -> FilterExpression:
        return FilterExpression(
            filter=Filter(field_name=field, string_filter=Filter.StringFilter(value=value, match_type=kind))
        )

    kinds = Filter.StringFilter.MatchType
    wanted = FilterExpression(
        and_group=FilterExpressionList(
            expressions=[
                text("pagePath", "^/(docs|pricing)$", kinds.FULL_REGEXP),
                FilterExpression(not_expression=text("sessionSource", "GOOGLE", kinds.EXACT)),
            ]
        )
    )
    least = Filter.NumericFilter(
        operation=Filter.NumericFilter.Operation.GREATER_THAN_OR_EQUAL, value=NumericValue(int64_value=2)
    )
    many = FilterExpression(filter=Filter(field_name="eventCount", numeric_filter=least))
    every = rows(client.run_report(report("date", "pagePath", "sessionSource")))
    asked = report("date", "pagePath", "sessionSource", dimension_filter=wanted, metric_filter=many)
    assert (
        rows(client.run_report(asked))
        == {
            key: values
            for key, values in every.items()
            if key[1] in ("/docs", "/pricing") and key[2] != "google" and int(values[0]) >= 2
        }
        != {}
    )


def test_an_answer_says_what_is_left_of_the_quota(client: BetaAnalyticsDataClient) -> None:
    left = [
        client.run_report(report("date", return_property_quota=True)).property_quota.tokens_per_day
        for _ in range(2)
    ]
    assert left[0].consumed > 0
    assert left[0].remaining - left[1].remaining == left[1].consumed


def test_several_reports_come_at_once(client: BetaAnalyticsDataClient) -> None:
    asked = [report("date"), report("country", metrics=("sessions",))]
    answer = client.batch_run_reports(BatchRunReportsRequest(property=PROPERTY, requests=asked))
    assert [rows(one) for one in answer.reports] == [rows(client.run_report(one)) for one in asked]


def test_metadata_names_the_fields_and_their_types(client: BetaAnalyticsDataClient) -> None:
    found = client.get_metadata(name=f"{PROPERTY}/metadata")
    assert {"date", "sessionSource", "pagePath"} <= {one.api_name for one in found.dimensions}
    types = {one.api_name: one.type_ for one in found.metrics}
    assert types["sessions"] is MetricType.TYPE_INTEGER
    assert types["userEngagementDuration"] is MetricType.TYPE_SECONDS


def test_fields_that_cannot_stand_together_are_told(client: BetaAnalyticsDataClient) -> None:
    answer = client.check_compatibility(
        CheckCompatibilityRequest(
            property=PROPERTY,
            dimensions=[Dimension(name="itemName")],
            compatibility_filter=Compatibility.INCOMPATIBLE,
            metrics=[Metric(name="itemsViewed")],
        )
    )
    apart = {one.dimension_metadata.api_name for one in answer.dimension_compatibilities}
    assert apart == {"eventName", "isKeyEvent"}
    with pytest.raises(BadRequest, match="incompatible"):
        client.run_report(report("eventName", metrics=("itemsViewed",)))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (report("sessionSorce"), "sessionSorce is not a valid dimension"),
        (report(*(["date", "country", "city", "browser", "platform"] * 2)), "limited to 9 dimensions"),
        (report("date", limit=250_001), "limit is 250001"),
        (report("date", date_ranges=[DateRange(start_date="2010-01-01", end_date="today")]), "is before"),
    ],
)
def test_a_request_that_is_wrong_is_refused(
    client: BetaAnalyticsDataClient, asked: RunReportRequest, says: str
) -> None:
    with pytest.raises(BadRequest, match=says):
        client.run_report(asked)


def test_what_is_left_out_is_said(client: BetaAnalyticsDataClient, service: Ga4Service) -> None:
    service.shape = Shape(other_above=3, sample_above=60)
    said = client.run_report(report("date", "pagePath", "userAgeBracket")).metadata
    assert said.data_loss_from_other_row
    assert said.subject_to_thresholding
    assert 0 < said.sampling_metadatas[0].samples_read_count < said.sampling_metadatas[0].sampling_space_size


def test_today_is_that_of_the_property(client: BetaAnalyticsDataClient, service: Ga4Service) -> None:
    service.clock.advance(timedelta(hours=11, minutes=30).total_seconds())  # 23:30 in UTC
    service.site.count("owl", service.clock.now(), path="/night")
    asked = report("date", "pagePath", date_ranges=[DateRange(start_date="today", end_date="today")])
    assert ("20260116", "/night") in rows(client.run_report(asked))


def test_another_property_and_a_token_that_was_revoked_are_refused(
    client: BetaAnalyticsDataClient, service: Ga4Service, base_url: str
) -> None:
    asked = report("date")
    asked.property = "properties/1"
    with pytest.raises(Forbidden, match="sufficient permissions"):
        client.run_report(asked)
    service.door.refresh_token = "another"
    service.expire_tokens()
    with pytest.raises(RefreshError, match="invalid_grant"):
        client.run_report(report("date"))


def test_tokens_that_are_spent_are_told_as_google_tells_it(
    client: BetaAnalyticsDataClient, service: Ga4Service
) -> None:
    service.faults.add(Fault("quota", ":runReport", seconds=600))
    with pytest.raises(TooManyRequests, match="Exhausted property tokens"):
        client.run_report(report("date"))


def test_a_service_account_is_let_in_by_a_token_or_by_what_it_signs(
    service: Ga4Service, base_url: str
) -> None:
    """Its credentials would ask Google where else they hold, so that only what they sign or get is used."""
    key = msgspec.json.decode(service_account(service, f"{base_url}/token"))
    account = Credentials.from_service_account_info(key, scopes=[SCOPE])  # type: ignore[no-untyped-call] # as above
    account.refresh(Request())
    token = UserCredentials(account.token)  # type: ignore[no-untyped-call] # as above
    signed = jwt.Credentials.from_service_account_info(  # type: ignore[no-untyped-call] # as above
        key, audience="https://analyticsdata.googleapis.com/"
    )
    for credentials in (token, signed):
        with made(credentials, base_url) as client:
            assert client.run_report(report("date")).row_count == 6
    service.expire_tokens()
    with made(token, base_url) as client, pytest.raises((Unauthorized, RefreshError)):
        client.run_report(report("date"))
