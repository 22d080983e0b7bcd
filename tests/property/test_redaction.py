"""Whatever is logged, by whatever way, no secret stands in it."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.config import Secret, redact
from mainstem.supervise import LoggingSettings, LogLine, log_as, logging_to
from mainstem.supervise.lines import made, parsed
from mainstem.supervise.process_log import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# A star cannot be told from what is put in a secret's place.
secret_values = st.text(min_size=1, max_size=40).filter(lambda value: value.strip() and "*" not in value)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
url_parts = st.text("abcdefghijklmnopqrstuvwxyz0123456789%!$&'()+,;=_~.-", min_size=1, max_size=20)


class Lines:
    """Collects what this process logs."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []

    def whole(self) -> str:
        return "\n".join(f"{line.message} {_texts(list(line.fields.values()))}" for line in self.lines)


def _texts(value: Any) -> str:
    match value:
        case dict():
            return " ".join(f"{name} {_texts(inner)}" for name, inner in value.items())
        case list():
            return " ".join(_texts(inner) for inner in value)
        case str():
            return value
        case _:
            return ""


@pytest.fixture(scope="module")
def said() -> Iterator[Lines]:
    collected = Lines()
    with logging_to(collected.lines.append, "test", "debug"):
        yield collected


@given(secret_values, st.text(max_size=30), st.text(max_size=30))
def test_a_secrets_value_never_stands_in_a_message_an_argument_or_a_field(
    said: Lines, value: str, before: str, after: str
) -> None:
    Secret(value)
    said.lines.clear()
    logger = logging.getLogger("any")
    text = f"{before}{value}{after}"
    logger.info("%s", text)
    logger.info("%s", {"deep": [text]}, extra={"fields": {"one": {text: [text, (text,), {text}]}}})
    assert len(said.lines) == 2
    assert value not in said.whole()


@given(secret_values)
def test_nor_in_a_message_whose_arguments_do_not_fit(value: str) -> None:
    Secret(value)
    record = logging.LogRecord("any", logging.INFO, "file.py", 1, f"%d {value}", (value,), None)
    assert value not in line_of(record, "test").message


@given(secret_values)
def test_nor_in_an_exception_its_cause_or_its_traceback(said: Lines, value: str) -> None:
    Secret(value)
    said.lines.clear()
    try:
        try:
            raise KeyError(value)
        except KeyError as e:
            raise RuntimeError(f"while connecting as {value}") from e
    except RuntimeError as e:
        logging.getLogger("any").exception("it failed: %s", e)
        sys.excepthook(type(e), e, e.__traceback__)
    assert len(said.lines) == 2
    assert all(line.fields["traceback"] for line in said.lines)
    assert value not in said.whole()


@given(secret_values, st.text(max_size=30))
def test_nor_in_what_a_child_writes_raw_or_as_json(value: str, around: str) -> None:
    Secret(value)
    raw = parsed("child", f"{around}{value}{around}".encode("utf-8", "surrogatepass"))
    whole = made("info", "any", "child", "x", {})
    sent = json.dumps({**json.loads(whole.encoded()), "message": value, "fields": {"f": [value]}}).encode()
    own = parsed("child", sent)
    for line in (raw, own):
        assert value not in f"{line.message} {_texts(list(line.fields.values()))}"


@given(url_parts, url_parts, url_parts)
def test_a_password_in_any_url_is_struck_out_and_the_rest_is_kept(
    user: str, password: str, host: str
) -> None:
    text = redact(f"cannot reach postgresql://{user}:{password}@{host}:5432/db: refused")
    assert text == f"cannot reach postgresql://{user}:***@{host}:5432/db: refused"


@given(st.binary(min_size=6, max_size=30), st.sampled_from(["Basic", "Bearer"]))
def test_the_value_of_an_authorization_header_is_struck_out_however_it_is_written(
    raw: bytes, kind: str
) -> None:
    credentials = base64.b64encode(raw).decode()
    header = f"{kind} {credentials}"
    for text in (
        f"Authorization: {header}",
        f"authorization={header}",
        str({"Authorization": header}),
        str([(b"authorization", header.encode())]),
        json.dumps({"headers": {"authorization": header}}),
        json.dumps(json.dumps({"Proxy-Authorization": header})),
    ):
        assert credentials not in redact(text), text


@given(st.text(max_size=200))
def test_striking_out_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(json_values)
def test_any_fields_become_one_json_line(value: Any) -> None:
    line = made("info", "any", "p", "message\nof two lines", {"value": value})
    encoded = line.encoded()
    assert encoded.count(b"\n") == 1
    assert json.loads(encoded)["message"] == line.message


def test_write_keys_and_ordinary_words_are_kept() -> None:
    for text in (
        "writeKey=2CJR5Y was refused for Basic authorization",
        '{"writeKey": "2CJR5Y", "port": 8080}',
        "listening on http://127.0.0.1:8080/a?email=x@example.com",
        "the password of role catalog was set; unexpected token: comma",
    ):
        assert redact(text) == text


def test_json_on_stderr_holds_no_secret_and_one_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    Secret("open sesame")
    with logging_to(lambda _: None, "test", "debug"):  # puts everything back at its end
        log_as("load", LoggingSettings(format="json"))
        logging.getLogger("mainstem.load").warning("said open sesame")
    [line] = stream.getvalue().splitlines()
    found = json.loads(line)
    assert set(found) == {"ts", "level", "logger", "process", "message", "fields"}
    assert (found["process"], found["level"], found["message"]) == ("load", "warning", "said ***")
