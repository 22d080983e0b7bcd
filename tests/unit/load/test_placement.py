from __future__ import annotations

import pytest

from mainstem.events import Source
from mainstem.load.placement import namespace_of
from mainstem.load.schema import PROVIDERS


@pytest.mark.parametrize(
    ("source", "schema"),
    [
        (Source("a", "My Website", ("K",)), "my_website"),
        (Source("a", "My Website", ("K",), environment="qa"), "my_website_qa"),
        (Source("a", "My Website", ("K",), environment="rc", namespace="events_rc"), "events_rc"),
        (Source("a", "mainstem", ("K",)), "_mainstem"),
    ],
)
def test_a_namespace_is_the_one_named_or_made_of_name_and_environment(source: Source, schema: str) -> None:
    assert namespace_of(source, PROVIDERS["ducklake"]) == schema
