from __future__ import annotations

import pytest
import requests

from benchmarks.tape import AskedAgainDiffers, Tape
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing.connectors import NOON
from mainstem.testing.helpdesk import helpdesk
from mainstem.testing.saas import saas_host

_PATH = "/api/v2/incremental/tickets/cursor.json"


def test_what_was_asked_is_asked_again_and_only_what_was_asked_while_recording() -> None:
    service = ZendeskService(ControlledClock(NOON), limits=())
    feed(helpdesk(3), [service], service.clock)
    tape = Tape(service)
    with saas_host() as host, host.hosting(service) as base_url, requests.Session() as session:
        session.auth = ("a@b.example/token", ZendeskService.api_token)
        session.get(base_url + _PATH, params={"start_time": "0"})
        with tape.recording():
            session.get(base_url + _PATH, params={"start_time": "0", "include": "metric_sets"})
        session.get(base_url + _PATH, params={"start_time": "0"})
        assert [(one.path, one.query["include"], status) for one, status in tape.asked] == [
            (_PATH, "metric_sets", 200)
        ]
        before = service.calls["ok"]
        tape.ask_again(base_url)
        assert service.calls["ok"] == before + 1


def test_another_status_than_before_is_an_error_and_no_figure() -> None:
    service = ZendeskService(ControlledClock(NOON), limits=())
    tape = Tape(service)
    with saas_host() as host, host.hosting(service) as base_url:
        with tape.recording():
            requests.get(
                base_url + "/api/v2/none.json", auth=("a@b.example/token", service.api_token), timeout=60
            )
        request, status = tape.asked[0]
        assert status == 404
        tape.asked = [(request, 200)]
        with pytest.raises(AskedAgainDiffers, match=r"GET /api/v2/none\.json: 404, not 200"):
            tape.ask_again(base_url)
