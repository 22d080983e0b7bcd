from __future__ import annotations

import pytest

from mainstem.assemble.limits import rate_limits
from mainstem.collect.request import Request
from mainstem.errors import EventRejected
from mainstem.events import Source

REQUEST = Request(b"POST", b"/v1/batch", b"", {}, b"", "", "")


def source(name: str, limit: int | None) -> Source:
    return Source(name, name, (name.upper(),), rate_limit=limit)


def test_settings_read_anew_leave_a_source_the_bucket_it_had_and_others_theirs() -> None:
    limits = rate_limits(workers=1)
    [gate] = limits(source("app", 1)).gates
    gate(REQUEST, 1000)
    [again] = limits(source("app", 2)).gates
    with pytest.raises(EventRejected) as refused:
        again(REQUEST, 1)
    assert refused.value.status == 429
    assert refused.value.retry_after is not None
    assert 400 < refused.value.retry_after <= 500
    [other] = limits(source("web", 1)).gates
    other(REQUEST, 1)


def test_a_source_without_a_limit_has_no_gate() -> None:
    assert rate_limits(workers=1)(source("app", None)).gates == ()
