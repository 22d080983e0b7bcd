from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.notify import DeadMan
from mainstem.notify.struck import address_kept_secret
from mainstem.testing.messengers import webhook_receiver

if TYPE_CHECKING:
    import pytest

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_is_called_at_most_once_in_its_time() -> None:
    with webhook_receiver() as receiver:
        dead_man = DeadMan(address_kept_secret(f"http://127.0.0.1:{receiver.port}/ping/f00dcafe"), MINUTE)
        for seconds in (0, 15, 59, 60):
            dead_man.call(NOW + timedelta(seconds=seconds))
        assert receiver.asked == ["/ping/f00dcafe"] * 2


def test_one_that_refuses_is_called_again_and_logged_once_without_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with webhook_receiver() as receiver, caplog.at_level(logging.WARNING):
        receiver.status = 500
        dead_man = DeadMan(address_kept_secret(f"http://127.0.0.1:{receiver.port}/ping/f00dcafe"), MINUTE)
        dead_man.call(NOW)
        dead_man.call(NOW)
        assert len(receiver.asked) == 2
    dead_man.call(NOW)
    dead_man.call(NOW)
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "the dead man's service answered 500",
        "the dead man's service cannot be reached",
    ]
    assert "f00dcafe" not in caplog.text
