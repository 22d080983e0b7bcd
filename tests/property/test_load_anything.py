"""Whatever JSON object the gateway accepts, the loader ends with it: a row, a duplicate or a quarantined
record, exactly once, and in the transaction of its neighbours."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.collect.body import NOT_JSON, decode_item
from mainstem.collect.checks import checks_of
from mainstem.events import EVENT_TYPES, Source
from mainstem.load import Loader, LoadSettings
from mainstem.load.record import UNFORESEEN
from mainstem.load.run import REFUSED
from mainstem.testing.records import EventLog
from mainstem.testing.share import share_of
from mainstem.testing.warehouse import MemoryWarehouse

_SITE = Source("web", "web", ("key",))
_CLOUD = Source("cloud", "pulled", ("other",), category="cloud")


_MESSAGE_IDS = {f"m{number}" for number in range(5)}


class _Number(str):
    """Digits that stand in the JSON as they are, however many."""


_DIGITS = st.sampled_from([1, 19, 20, 309, 4299, 4300, 4301, 5000])
_KEYS = st.one_of(
    st.text(st.characters(), max_size=8),
    st.sampled_from(
        [
            "id", "userId", "user_id", "uuid_ts", "received_at", "context", "traits", "0", "1", "order",
            "a-b", "a.b", "A\0b", "\0", "\ud800", "__proto__", "event", "name", "rudder_event",
        ]
    ),
    _DIGITS.map(lambda size: "9" * size),
    st.integers(0, 3).map(str),
)  # fmt: skip
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=12)
    | _DIGITS.map(lambda size: _Number("9" * size))
    | _DIGITS.map(lambda size: _Number(f"-1e{size}"))
    | st.sampled_from(
        [
            "2024-02-30", "0001-01-01T00:00:00+01:00", "0001-01-01", "9999-12-31T23:59:59.999Z", "\0", "a\0b",
            "\udfff",
        ]
    )
)  # fmt: skip
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=10,
)


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


_SPELLED_OUT = st.dictionaries(
    st.integers(0, 3).map(str) | _DIGITS.map(lambda size: "9" * size), st.sampled_from("ab\0"), min_size=1
)
_DEEP = st.integers(1, 400).map(_nested)
_NAMES = _SCALARS | st.sampled_from(
    [
        "Rudder Discards", "rudder_discards\0", "users", "Users\0", "\0users", "tracks", "identifies",
        "clicked", "../up", 'quo"te', "'; --", "\ud800", "É", "select", "x" * 400,
    ]
)  # fmt: skip
_ASKED = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.just(True) | _JSON
            for name in (
                "useBlendoCasing",
                "skipTracksTable",
                "skipUsersTable",
                "skipReservedKeywordsEscaping",
            )
        },
        "jsonPaths": st.sampled_from([["track.properties.a", "context.traits"], "a,b"]) | _JSON,
    },
)
_BLENDO = {"DUCKLAKE": {"options": {"useBlendoCasing": True}}}
_INTEGRATIONS = (
    st.just(_BLENDO)
    | _JSON
    | st.dictionaries(
        st.sampled_from(["DUCKLAKE", "DATA_WAREHOUSE"]),
        st.fixed_dictionaries({"options": _ASKED}),
        min_size=1,
    )
)
_EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(EVENT_TYPES),
        "messageId": st.sampled_from(sorted(_MESSAGE_IDS)),
        "anonymousId": st.just("a") | _JSON,
    },
    optional={
        "event": _NAMES | _JSON,
        "context": st.fixed_dictionaries({"traits": _SPELLED_OUT}) | _JSON | _DEEP,
        "traits": _SPELLED_OUT | _JSON | _DEEP,
        "integrations": _INTEGRATIONS,
        "recordId": st.just(True) | st.sampled_from([None, "", [1], {"a": 1}]),
        **dict.fromkeys(
            (
                "userId", "groupId", "previousId", "timestamp", "sentAt", "receivedAt", "request_ip",
                "properties", "userProperties", "name", "channel",
            ),
            _JSON | _DEEP,
        ),
    },
)  # fmt: skip
_RENAMED = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "extract"]), "event": _NAMES, "integrations": st.just(_BLENDO)}
)
_SENT = st.builds(lambda event, overlay: {**event, **overlay}, _EVENTS, st.just({}) | _RENAMED)


@settings(max_examples=share_of(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_SENT, st.sampled_from([_SITE, _CLOUD])), min_size=1, max_size=6))
def test_any_accepted_event_is_accounted_for_once_and_none_has_to_be_singled_out(
    sent: list[tuple[dict[str, Any], Source]],
) -> None:
    log, warehouse = EventLog(), MemoryWarehouse()
    events = [(text, source) for event, source in sent if _is_accepted(text := _written(event), source)]
    for text, source in events:
        log.send(text, source_id=source.id)
    report = Loader(log, warehouse, [_SITE, _CLOUD], LoadSettings(batch_max_bytes=2**24)).run_once()
    assert (report.events, report.commits) == (len(events), bool(events))
    quarantined = _column(warehouse, "mainstem", "quarantine", "reason") if events else []
    assert not [reason for reason in quarantined if reason.startswith((REFUSED, UNFORESEEN))]
    assert report.quarantined == len(quarantined)
    assert report.events == len(_arrived(warehouse)) + report.quarantined + report.duplicates
    warehouse.close()


def _arrived(warehouse: MemoryWarehouse) -> set[tuple[str, str]]:
    """(namespace, message id) of every event that has rows; no table may have two rows of one."""
    found: set[tuple[str, str]] = set()
    for namespace in (_SITE.name, _CLOUD.name):
        for table in warehouse.columns(namespace).keys() - {"users", "rudder_discards"}:
            ids = _column(warehouse, namespace, table, "id")
            assert len(ids) == len(set(ids))
            assert set(ids) <= _MESSAGE_IDS
            found |= {(namespace, name) for name in ids}
    return found


def _column(warehouse: MemoryWarehouse, namespace: str, table: str, column: str) -> list[Any]:
    name = warehouse.capabilities.qualified(namespace, table)
    values: list[Any] = warehouse.query(f'SELECT "{column}" FROM {name}').column(0).to_pylist()
    return values


def _is_accepted(event: bytes, source: Source) -> bool:
    try:
        item = decode_item(event)
    except NOT_JSON:
        return False
    return not any(check(item) for check in checks_of(source))


def _written(event: dict[str, Any]) -> bytes:
    """JSON as any sender may write it: surrogates and NUL as escapes, numbers of any length."""
    if "recordId" in event and event["recordId"] is True:  # so that its row can be told by the same id
        event = {**event, "recordId": event["messageId"]}
    return _json(event).encode()


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(item) for item in value) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value)
