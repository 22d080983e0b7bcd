"""What holds of the transform for every JSON object, not only for events somebody thought of."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import TransformRejected
from mainstem.load.schema import PROVIDERS, EventMetadata, Options, transform
from mainstem.load.schema.names import Naming, namespace

_KEYS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["id", "userId", "user_id", "context", "traits", "0", "1", "order", "a-b", "a.b", "name"]
    ),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["2024-02-30", "2021-03-04T05:06:07+05:30", "0001-01-01T00:00:00+01:00", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
_TYPES = st.sampled_from(["track", "identify", "page", "screen", "group", "alias", "extract", "merge", "x"])
_EVENTS = st.fixed_dictionaries(
    {"type": _TYPES | _JSON},
    optional={
        key: _JSON
        for key in (
            "event", "messageId", "userId", "recordId", "receivedAt", "timestamp", "context", "traits",
            "properties", "userProperties", "integrations", "name", "channel",
        )
    },
)  # fmt: skip
_OPTIONS = st.builds(
    Options,
    underscore_divide_numbers=st.booleans(),
    allow_users_context_traits=st.booleans(),
    store_full_event=st.booleans(),
    json_paths=st.just(()) | st.just(("track.properties.a", "context.traits")),
)
_METADATA = st.none() | st.builds(EventMetadata, source_id=st.just("s"), source_category=st.just("cloud"))
_PROVIDERS = st.sampled_from(list(PROVIDERS.values()))


@given(_EVENTS, _PROVIDERS, _OPTIONS, _METADATA)
def test_any_object_becomes_sound_rows_or_is_rejected(
    message: dict[str, Any], provider: Any, options: Options, metadata: EventMetadata | None
) -> None:
    try:
        rows = transform(message, provider=provider, options=options, metadata=metadata)
    except TransformRejected:
        return
    for row in rows:
        assert row.data.keys() <= row.columns.keys()
        for name in (row.table, *row.columns):
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,126}", name)
            assert name == (name.upper() if provider.upper_case else name.lower())
            assert name.upper() not in provider.reserved
        assert not any(isinstance(value, dict) for value in row.data.values())


@given(st.text(), _PROVIDERS, st.booleans())
def test_a_column_name_stays_what_it_is_when_it_is_named_again(
    key: str, provider: Any, divide_numbers: bool
) -> None:
    naming = Naming(provider, divide_numbers=divide_numbers)
    once = naming.column(key)
    assert naming.column(once.lower()) == once


@given(st.text(), _PROVIDERS)
def test_every_source_name_gives_a_legal_namespace(name: str, provider: Any) -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", namespace(name, provider))
