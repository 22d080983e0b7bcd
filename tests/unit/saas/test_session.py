"""A session keeps to the budget, tries again where that helps, and shows no secret."""

from __future__ import annotations

import socket
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import BaseAdapter

from mainstem.config import Secret
from mainstem.errors import (
    ApiRefused,
    ApiUnavailable,
    CredentialsRefused,
    OutcomeUnknown,
    QuotaSpent,
)
from mainstem.saas import (
    Account,
    ApiKey,
    ApiSession,
    Auth,
    Bearer,
    Limit,
    MemoryBudget,
    Patience,
    Renewing,
    Token,
    Verdict,
)
from mainstem.testing.connectors import StillClock

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "https://acme.example.com"


def answer(status: int, body: str = "{}", headers: Mapping[str, str] | None = None) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({"Content-Type": "application/json", **(headers or {})})
    response.raw = BytesIO(body.encode())
    return response


class Service(BaseAdapter):
    """Gives the answers it was told to, and keeps what it was asked."""

    def __init__(self, *answers: requests.Response | Exception) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.asked.append(request.copy())
        given = self.answers.pop(0) if self.answers else answer(200)
        if isinstance(given, Exception):
            raise given
        given.request, given.url = request, request.url or ""
        return given

    def close(self) -> None:
        return None


def session(
    service: Service, auth: Auth | None = None, clock: StillClock | None = None, **options: Any
) -> ApiSession:
    clock = clock or StillClock()
    account = options.pop("account", Account("acme"))
    made = ApiSession(BASE, account, MemoryBudget(clock), auth, clock=clock, chance=lambda: 0.5, **options)
    made.mount("https://", service)
    return made


def test_a_service_in_trouble_is_asked_again_with_growing_pauses() -> None:
    clock, service = StillClock(), Service(answer(500), requests.ConnectTimeout("no answer"), answer(503))
    made = session(service, clock=clock)
    assert made.get("/things").status_code == 200
    assert clock.slept == [1.0, 2.0, 4.0]
    assert (made.usage.calls, made.usage.repeats) == (4, 3)


def test_patience_ends() -> None:
    service = Service(*[answer(500, "sorry") for _ in range(3)])
    with pytest.raises(ApiUnavailable, match=r"GET https://acme.example.com/things answered 500.*3 tries"):
        session(service, patience=Patience(tries=3)).get("/things")


def test_retry_after_is_kept_to() -> None:
    clock = StillClock()
    session(Service(answer(429, headers={"Retry-After": "93"})), clock=clock).get("/things")
    assert clock.slept == [93.0]


def test_a_wait_of_hours_is_a_spent_quota() -> None:
    with pytest.raises(QuotaSpent) as caught:
        session(Service(answer(429, headers={"Retry-After": "7200"}))).get("/things")
    assert caught.value.wait_seconds == 7200


def test_a_limit_is_kept_before_it_bites() -> None:
    clock, service = StillClock(), Service()
    made = session(service, clock=clock, account=Account("acme", (Limit("minute", 2, 60),)))
    for _ in range(3):
        made.get("/things")
    assert len(service.asked) == 3
    assert 60 <= sum(clock.slept) <= 62


@pytest.mark.parametrize("cut", ['{"tickets": [{"id": 1}, {"i', '{"tickets": [{"id": 1}'])
def test_a_body_that_was_cut_off_is_asked_for_again(cut: str) -> None:
    made = session(Service(answer(200, cut), answer(200, '{"tickets": []}')))
    assert made.get("/things").json() == {"tickets": []}


def test_a_refused_token_is_renewed_once() -> None:
    tokens = iter(["first", "second", "third"])
    auth = Renewing(lambda: Token(Secret(next(tokens))), StillClock())
    service = Service(answer(401), answer(200))
    session(service, auth).get("/things")
    assert [one.headers["Authorization"] for one in service.asked] == ["Bearer first", "Bearer second"]
    with pytest.raises(CredentialsRefused):
        session(Service(answer(401), answer(401)), auth).get("/things")


def test_a_write_that_may_have_been_done_is_not_sent_again() -> None:
    service = Service(requests.ReadTimeout("no answer"))
    with pytest.raises(OutcomeUnknown):
        session(service).post("/things", json={})
    assert len(service.asked) == 1


def test_a_write_that_was_turned_away_is_sent_again() -> None:
    service = Service(answer(429, headers={"Retry-After": "1"}))
    session(service).post("/things", json={})
    assert len(service.asked) == 2


def test_credentials_go_to_no_other_host() -> None:
    service = Service(answer(302, headers={"Location": "https://files.example.net/export.csv"}))
    session(service, Bearer(Secret("s3cret-token"))).get("/things")
    assert "Authorization" in service.asked[0].headers
    assert "Authorization" not in service.asked[1].headers


def test_no_error_holds_a_secret() -> None:
    service = Service(answer(403, '{"error": "key s3cret-token may not do this"}'))
    with pytest.raises(CredentialsRefused) as caught:
        session(service, ApiKey("key", Secret("s3cret-token"), in_query=True)).get("/things?page=2")
    assert "s3cret-token" not in str(caught.value)
    assert "key=s3cret-token" in (service.asked[0].url or "")


def test_a_service_may_mean_something_else_by_a_status() -> None:
    def judge(response: requests.Response) -> Verdict | None:
        return Verdict.QUOTA if "REQUEST_LIMIT_EXCEEDED" in response.text else None

    with pytest.raises(QuotaSpent):
        session(Service(answer(403, "REQUEST_LIMIT_EXCEEDED")), judge=judge).get("/things")


def test_a_wrong_request_is_told_with_its_status() -> None:
    with pytest.raises(ApiRefused, match="answered 404") as caught:
        session(Service(answer(404, '{"error": "RecordNotFound"}'))).get("/things")
    assert caught.value.status == 404


@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
def test_what_nobody_listened_to_was_not_done_and_is_told_in_the_words_of_the_system(method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    account, clock = Account("a"), StillClock()
    asking = ApiSession(
        f"http://127.0.0.1:{port}", account, MemoryBudget(clock), patience=Patience(tries=2), clock=clock
    )
    with asking, pytest.raises(ApiUnavailable) as told:
        asking.request(method, "/")
    said = f"{method} http://127.0.0.1:{port}/: ConnectionRefusedError: [Errno 111] Connection refused"
    assert str(told.value) == f"{said}; gave up after 2 tries"
