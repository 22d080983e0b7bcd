from __future__ import annotations

import pytest

from mainstem.testing.share import VARIABLE, share_of


def test_a_run_that_says_nothing_tries_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert share_of(250) == 250


def test_a_share_leaves_something_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0.1")
    assert [share_of(tries) for tries in (250, 20, 2)] == [25, 2, 1]


@pytest.mark.parametrize("share", ["0", "-1", "nan"])
def test_a_share_of_nothing_is_refused(share: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, share)
    with pytest.raises(ValueError, match="above zero"):
        share_of(10)
