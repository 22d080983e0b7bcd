"""Whatever a request says, on any route: it gets a documented answer, and `ok` only for what is kept."""

from __future__ import annotations

import gzip
import json
import os
import random
import tracemalloc
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.assemble.features import source_compiler
from mainstem.assemble.project import Project, ProjectSettings
from mainstem.collect import Accepted, CollectSettings, Outcome, Request, SourceTable, compile_plainly
from mainstem.collect.body import NOT_JSON, decode_batch, with_whole_characters
from mainstem.collect.inflate import gunzip
from mainstem.collect.replies import make_reply
from mainstem.collect.server import open_handler
from mainstem.config import Config
from mainstem.errors import EventRejected
from mainstem.events import EVENT_TYPES, Source, decode_quarantined, decode_received, enriched
from mainstem.load.placement import Placements
from mainstem.load.record import UNFORESEEN, Arrival, RecordReader
from mainstem.load.schema import PROVIDERS, Options
from mainstem.testing.mutations import Mutator
from mainstem.testing.share import share_of

if TYPE_CHECKING:
    from random import Random

    from mainstem.collect import CompiledSource, Handler
    from mainstem.events import Sending

LIMIT = 50_000
_SPACE = b" \t\r\n"
"""Of JSON."""
SECRET = "zoe@secret.example"
SOURCES = (
    Source("s", "S", ("WK", "WRITEKEY1")),
    Source("hook", "Hook", ("HOOK",), category="webhook"),
    Source("off", "Off", ("OFF",), enabled=False),
)
DOCUMENTED = {200, 204, 304, 400, 401, 403, 404, 405, 413, 415}
NOW = "2026-01-02T03:04:05.678Z"
READER = RecordReader(
    Placements(SOURCES, PROVIDERS["ducklake"], "mainstem"), PROVIDERS["ducklake"], Options()
)
"""What the loader makes of a record."""


def _unchanged(event: dict[str, Any], sending: Sending) -> None:
    """A step that could have changed the event."""


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(SECRET, "***")
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, dict):
        return {_masked(key): _masked(item) for key, item in value.items()}
    return value


def _scrub(value: Any, sending: Sending) -> Any:
    return _masked(value)


def _mask(event: dict[str, Any], sending: Sending) -> None:
    masked = _masked(event)
    event.clear()
    event.update(masked)


def _with_step(source: Source) -> CompiledSource:
    return msgspec.structs.replace(compile_plainly(source), steps=(_unchanged,))


def _private(source: Source) -> CompiledSource:
    return msgspec.structs.replace(compile_plainly(source), steps=(_unchanged, _mask), scrub=_scrub)


def _with_features() -> SourceTable:
    """Every feature that a source can have without files of a project."""
    project = Project(Config(Path("mainstem.toml").absolute(), {}, {}), ProjectSettings())
    sources = [msgspec.structs.replace(source, privacy="product") for source in SOURCES]
    return SourceTable(sources, source_compiler(project))


def _handler(table: SourceTable, **changes: Any) -> Handler:
    options = CollectSettings(max_body_bytes=LIMIT, max_batch_events=200, **changes)
    return open_handler(options, table, NOW, lambda: make_reply(200, b"healthy"))


HANDLERS = {
    "plain": _handler(SourceTable(SOURCES)),
    "strict": _handler(SourceTable(SOURCES), strict=True),
    "sent at": _handler(SourceTable(SOURCES), honour_batch_sent_at=True),
    "step": _handler(SourceTable(SOURCES, _with_step)),
    "private": _handler(SourceTable(SOURCES, _private)),
    "features": _handler(_with_features()),
}
UNCHANGED = ("plain", "strict", "sent at")
"""These keep the bytes that came."""
SINGLE = ("track", "identify", "page", "screen", "group", "alias", "merge", "t", "i", "p", "s", "g", "a")
BATCH = ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch")
EVENT_PATHS = (*(f"/v1/{kind}" for kind in SINGLE), *BATCH)
OTHER_PATHS = (
    "/v1/m", "/v1/webhook", "/pixel/v1/track", "/pixel/v1/page", "/rsaRequest", "/rsaRequest/",
    "/sourceConfig", "/sourceConfig/", "/v1/projects/WK/settings", "/health", "/version", "/robots.txt",
    "/metrics", "/", "", "*", "//", "/v1", "/v1/", "/v1/track/", "/v1/../health", "/V1/track",
    "/v1/%74rack", "/v1/track\xff", "/v1/projects//settings",
)  # fmt: skip
METHODS = ("POST", "POST", "POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "M-SEARCH")
QUERIES = (
    b"", b"writeKey=WK", b"writeKey=HOOK", b"writeKey=OFF", b"writeKey=", b"writeKey", b"writekey=WK",
    b"writeKey=%57K", b"writeKey=%ff", b"writeKey=%00", b"writeKey=WK&writeKey=OFF", b"&&&=&;",
    b"a=1&" * 200, b"writeKey=WK&userId=u&event=e&properties=%7B%22a%22%3A1%7D",
    b"writeKey=WK&properties=%7B&userId=%ed%a0%80", b"writeKey=HOOK&a[b][c]=1&a=2&__proto__[x]=1&%ff=%fe",
    b"\xff=\xfe", b"%", b"%zz=%",
)  # fmt: skip
HEADERS: dict[bytes, tuple[bytes, ...]] = {
    b"authorization": (
        b"Basic V0s6", b"basic V0s6eA==", b"Basic SE9PSzo=", b"Basic T0ZGOg==", b"Basic", b"Basic ",
        b"Basic !!!!", b"Basic /////w==", b"Basic V0s6 V0s6", b"Bearer V0s6", b"\xff", b"",
        b"Basic " + b"A" * 3001,
    ),
    b"content-type": (
        b"application/json", b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data",
        b"multipart/form-data; boundary=b", b"multipart/form-data; boundary=",
        b'multipart/form-data; boundary="\xff"', b"multipart/form-data; boundary=b; boundary*0=c",
        b"; charset=utf-7", b"\xff\xfe", b"",
    ),
    b"content-encoding": (
        b"gzip", b"x-gzip", b" GZIP ", b"identity", b"", b"br", b"deflate", b"gzip, gzip", b"\xff",
    ),
    b"origin": (b"http://shop", b"null", b"", b"\xff"),
    b"host": (b"h", b"h:80", b"", b"\xff\xfe", b'"}', b"a" * 300),
    b"user-agent": (b"Mozilla/5.0", b"Googlebot/2.1", b"\xff", b""),
    b"accept-encoding": (b"gzip", b"gzip;q=0", b";;q=,", b"\xff"),
    b"if-none-match": (b"*", b'"x"', b"\xff"),
    b"sec-gpc": (b"1", b"\xff"),
    b"dnt": (b"1", b""),
}  # fmt: skip


def seeded() -> Random:
    """`MAINSTEM_TEST_SEED` repeats a run."""
    seed = int(os.environ.get("MAINSTEM_TEST_SEED", random.randrange(1_000_000)))
    print(f"seed {seed}: MAINSTEM_TEST_SEED={seed} makes the same bodies")  # noqa: T201 # shown when the test fails
    return random.Random(seed)


# Texts that are JSON, nearly

ODD_VALUES = (
    b"null", b"true", b"0", b"-0", b"1.5", b"1e308", b"1e309", b"1e999", b"-1e999", b"1E-400", b"9" * 19,
    b"9" * 25, b"9" * 400, b"9" * 4301, b"-" + b"9" * 5000, b"0." + b"9" * 400, b"01", b"+1", b".5", b"1.",
    b"0x1", b"NaN", b"Infinity", b"-Infinity", b"undefined", b'""', b'" "', b'"u"', b'"track"', b'"page"',
    b'"extract"', b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf0\x9f\x98\x80"', b'"\\ud800"',
    b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\\u0000"', b'"a\0b"', b'"\n"', b'"\\x"', b'"\\u12"',
    b'"open', b"'single'", b'"zoe@secret.example"', b'"\\u007aoe@secret.example"', b'"2026-01-02"',
    b'"0001-01-01T00:00:00+14:00"', b'"9999-12-31T23:59:59-14:00"', b'"99999-01-01"',
    b'"' + b"x" * 3000 + b'"', b"[" * 400 + b"]" * 400, b'{"a":' * 400 + b"1" + b"}" * 400,
    b"[" * 990 + b"]" * 990, b'{"a":' * 975 + b"1" + b"}" * 975, b"[" * 5000, b"/**/1", b"\xef\xbb\xbf1",
    b"", b"1 2",
)  # fmt: skip
ODD_KEYS = (
    b'"type"', b'"userId"', b'"anonymousId"', b'"messageId"', b'"event"', b'"properties"', b'"traits"',
    b'"context"', b'"sentAt"', b'"timestamp"', b'"originalTimestamp"', b'"receivedAt"', b'"request_ip"',
    b'"writeKey"', b'"batch"', b'"series"', b'"\\u0074ype"', b'"user\\u0049d"', b'"TYPE"', b'"__proto__"',
    b'"constructor"', b'"prototype"', b'""', b'"a.b"', b'"a"', b'"\\u0000"', b'"zoe@secret.example"',
    b"bare", b"1", b'"\\ud800"', b'"\xff"', b'"reqType"', b'"data"', b'"cookies"', b'"options"', b'"name"',
    b'"value"',
)  # fmt: skip
SCALARS, KEYS = st.sampled_from(ODD_VALUES), st.sampled_from(ODD_KEYS)


def _object(pairs: list[tuple[bytes, bytes]]) -> bytes:
    return b"{" + b",".join(key + b":" + value for key, value in pairs) + b"}"


def _array(items: list[bytes]) -> bytes:
    return b"[" + b",".join(items) + b"]"


VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(_array) | st.lists(st.tuples(KEYS, inner), max_size=5).map(_object)
    ),
    max_leaves=8,
)
NAMED = st.sampled_from([b'"type":"track"', b'"type":"identify"', b'"type":"alias"', b'"type":"x"', b'"a":1'])
EVENTS = st.builds(
    lambda kind, pairs: b'{"userId":"u",' + kind + b"".join(b"," + k + b":" + v for k, v in pairs) + b"}",
    NAMED,
    st.lists(st.tuples(KEYS, VALUES), max_size=4),
)
BATCHES = st.builds(
    lambda items, more: b'{"batch":' + items + b"".join(b"," + k + b":" + v for k, v in more) + b"}",
    st.lists(EVENTS | VALUES, min_size=1, max_size=4).map(_array) | VALUES,
    st.lists(st.tuples(KEYS, VALUES | st.just(b'"WK"')), max_size=2),
)
BODIES = st.one_of(
    EVENTS,
    VALUES,
    BATCHES,
    st.sampled_from(
        [b'{"batch":[' + b",".join([b"1"] * 20_000) + b"]}", b'{"batch":' + b"[]" * 9 + b"}", b" ", b"\0"]
    ),
    st.binary(max_size=50),
)


def _packed(body: bytes, way: int) -> bytes:
    """The body as gzip, right or wrong."""
    whole = gzip.compress(body, 1, mtime=0)
    if way == 1:
        return whole[: len(whole) // 2]
    if way == 2:
        return whole + b"garbage"
    if way == 3:
        parts = [body[begin : begin + 10] for begin in range(0, min(len(body), 300), 10)]
        return b"".join(gzip.compress(part, 1, mtime=0) for part in parts) or whole
    if way == 4:
        return whole[:-8] + bytes(8)
    if way == 5:
        return gzip.compress(body + b" " * 5_000_000, 9, mtime=0)
    return whole


def ask(handler: str, request: Request) -> Outcome:
    outcome = HANDLERS[handler].handle(request)
    if isinstance(outcome, Accepted):
        check_kept(handler, request, outcome)
    else:
        assert outcome.status in DOCUMENTED
        assert outcome.status < 400 or request.path.startswith(b"/pixel/") or outcome.body.endswith(b"\n")
    return outcome


def check_kept(handler: str, request: Request, accepted: Accepted) -> None:
    kept = [bytes(decode_received(record).event) for record in accepted.records]
    held = [bytes(decode_quarantined(record).event) for record in accepted.quarantined]
    for record in accepted.records:
        check_loaded(record)
    if handler == "private":
        assert SECRET not in "".join(map(_plain_text, kept + held))
    if request.path.decode("latin-1") not in EVENT_PATHS:
        return
    sent = _items(request)
    if handler in UNCHANGED:
        assert sorted(kept + held) == sorted(sent)
        assert handler != "strict" or not held
    elif handler == "step":
        assert len(kept) + len(held) == len(sent)
        assert {_same(item, request) for item in kept + held} == {_same(item, request) for item in sent}
    elif handler == "private":
        assert len(kept) + len(held) == len(sent)


def check_loaded(record: bytes) -> None:
    """A row or a record that the loader holds back, never what it did not foresee; and what was judged by
    a few fields at the door is the same event when all is read, but for ids that rules say they took away."""
    read = READER.read(record)
    if not isinstance(read, Arrival):
        assert not read.reason.startswith(UNFORESEEN)
    try:
        event = enriched(decode_received(record))
    except (*NOT_JSON, ValueError, OverflowError):
        return
    taken_away = _taken_away(event)
    assert event["type"] in EVENT_TYPES
    assert event["type"] == "extract" or any(
        event.get(name) not in (None, "") or name in taken_away for name in ("userId", "anonymousId")
    )
    assert event["messageId"]


def _taken_away(event: dict[str, Any]) -> list[str]:
    try:
        return list(event["context"]["privacy"]["removed"])
    except (KeyError, TypeError):
        return []


def _items(request: Request) -> list[bytes]:
    """What the sender's body holds, item by item, without the space around it: some settings keep that of a
    single event, others read it."""
    body = request.body
    if request.headers.get(b"content-encoding", b"").strip().lower() in (b"gzip", b"x-gzip"):
        body = gzip.decompress(body)
    body = with_whole_characters(body)
    if request.path.decode() in BATCH:
        return [bytes(item) for item in decode_batch(body, 1_000_000).events]
    return [body.strip(_SPACE)]


def _same(item: bytes, request: Request) -> str:
    """An event's meaning, for comparing; its text where it has none. The forced type is left out."""
    try:
        value = msgspec.json.decode(item)
        if isinstance(value, dict) and request.path.decode() not in BATCH:
            value.pop("type", None)
        return json.dumps(value, sort_keys=True)
    except NOT_JSON:
        return repr(item)


def _plain_text(item: bytes) -> str:
    try:
        return json.dumps(msgspec.json.decode(item), ensure_ascii=False)
    except NOT_JSON:
        return item.decode("utf-8", "replace")


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Half of them as SDKs send, but for the body."""
    usual = draw(st.booleans())
    path = draw(st.sampled_from(EVENT_PATHS) if usual else st.sampled_from((*EVENT_PATHS, *OTHER_PATHS)))
    headers = {b"authorization": b"Basic V0s6"} if usual else {}
    if not usual:
        for name in draw(st.sets(st.sampled_from(sorted(HEADERS)), max_size=4)):
            headers[name] = draw(st.sampled_from(HEADERS[name]))
    body = draw(BATCHES if usual and path in BATCH else EVENTS if usual else BODIES)
    if draw(st.integers(0, 4)) == 0:
        body = _packed(body, draw(st.integers(0, 5)))
        headers[b"content-encoding"] = b"gzip"
    method = "POST" if usual else draw(st.sampled_from(METHODS))
    query = b"" if usual else draw(st.sampled_from(QUERIES))
    return Request(method.encode(), path.encode("latin-1"), query, headers, body, "203.0.113.7", NOW)


@pytest.mark.parametrize(
    ("handler", "examples"),
    [
        *((name, share_of(250)) for name in HANDLERS),
        *(
            pytest.param(name, 10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])
            for name in HANDLERS
        ),
    ],
)
def test_any_request_is_answered_and_what_is_accepted_is_kept_as_it_was_sent(
    handler: str, examples: int
) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(requests())
    def check(asked: Request) -> None:
        ask(handler, asked)

    check()


@pytest.mark.parametrize("handler", HANDLERS)
def test_an_event_may_nest_to_any_depth(handler: str) -> None:
    for depth in range(10, 1100, 13):
        for nested in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
            event = b'{"type":"track","userId":"u","properties":' + nested + b"}"
            for path, body in (("/v1/track", event), ("/v1/batch", b'{"batch":[' + event + b',{"type":1}]}')):
                asked = Request(b"POST", path.encode(), b"writeKey=WK", {}, body, "203.0.113.7", NOW)
                ask(handler, asked)


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(share_of(4000)),
        pytest.param(300_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_bodies_of_real_sdks_with_something_wrong_are_kept_whole_or_refused(
    rounds: int, conformance: Path
) -> None:
    chance = seeded()
    batches, singles = sdk_bodies(conformance)
    mutators = {
        True: Mutator(chance, batches, ODD_VALUES + ODD_KEYS),
        False: Mutator(chance, singles, ODD_VALUES + ODD_KEYS),
    }
    for number in range(rounds):
        path = chance.choice(EVENT_PATHS)
        body = mutators[path in BATCH].mutated()
        headers = {b"authorization": b"Basic V0s6"}
        if chance.random() < 0.1:
            body = _packed(body, chance.randrange(5))
            headers[b"content-encoding"] = b"gzip"
        handler = chance.choice(sorted(HANDLERS))
        try:
            ask(handler, Request(b"POST", path.encode(), b"", headers, body, "203.0.113.7", NOW))
        except BaseException:
            print(number, handler, path, body)  # noqa: T201 # shown when the test fails
            raise


def sdk_bodies(conformance: Path) -> tuple[list[bytes], list[bytes]]:
    """What real SDKs were recorded sending: batches and single events."""
    found: dict[bool, list[bytes]] = {True: [], False: []}
    for file in sorted((conformance / "sdk_payloads").glob("*.json")):
        if not file.name.startswith("RESPONSE_"):
            for entry in json.loads(file.read_text()):
                if entry["body"] is not None:
                    found["batch" in entry["body"]].append(json.dumps(entry["body"]).encode())
    return found[True], found[False]


@settings(max_examples=share_of(300), deadline=None)
@given(st.binary(max_size=200), st.integers(0, 5), st.integers(0, 200), st.integers(0, 255))
def test_what_is_unpacked_is_what_zlib_unpacks_and_never_more_than_the_limit(
    body: bytes, way: int, at: int, byte: int
) -> None:
    packed = bytearray(_packed(body, way))
    packed[at % len(packed)] ^= byte
    try:
        unpacked = gunzip(bytes(packed), 1000)
    except EventRejected as e:
        assert e.status in (400, 413)
    else:
        assert unpacked == gzip.decompress(bytes(packed))
        assert len(unpacked) <= 1000


def test_a_bomb_is_refused_before_it_has_grown() -> None:
    layers = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(layers.compress(bytes(1 << 20)) for _ in range(200)) + layers.flush()
    tracemalloc.start()
    with pytest.raises(EventRejected) as refused:
        gunzip(bomb, LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.status == 413
    assert peak < 20 * LIMIT


def test_a_million_items_are_refused_and_nothing_of_them_is_kept() -> None:
    handler = open_handler(CollectSettings(), SourceTable(SOURCES), NOW, lambda: make_reply(200, b""))
    body = b'{"batch":[' + b",".join([b"1"] * 1_000_000) + b"]}"
    outcome = handler.handle(Request(b"POST", b"/v1/batch", b"writeKey=WK", {}, body, "203.0.113.7", NOW))
    assert not isinstance(outcome, Accepted)
    assert outcome.status == 413
