from __future__ import annotations

import gzip

import pytest

from mainstem.collect import Reply, Request
from mainstem.collect.hosted import CONTENT_TYPES, host, hosted_routes

SCRIPT = b"let answer = 42;\n" * 100
FILE = host("/sdk/a.min.js", SCRIPT)


def ask(**headers: str) -> Reply:
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    outcome = FILE.answer(Request(b"GET", b"/sdk/a.min.js", b"", sent, b"", "", ""))
    assert isinstance(outcome, Reply)
    return outcome


def header(reply: Reply, name: str) -> str | None:
    lines = [line.partition(": ") for line in reply.head.decode().split("\r\n")]
    return next((value for found, _, value in lines if found.lower() == name), None)


def test_a_file_is_served_with_its_type_and_may_be_kept_for_an_hour() -> None:
    reply = ask()
    assert (reply.status, reply.body) == (200, SCRIPT)
    assert header(reply, "content-type") == "text/javascript; charset=utf-8"
    assert header(reply, "cache-control") == "public, max-age=3600"
    assert header(reply, "x-content-type-options") == "nosniff"
    assert header(reply, "vary") == "Accept-Encoding"
    assert header(reply, "content-encoding") is None


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "*", "GZIP"])
def test_a_client_that_accepts_gzip_gets_it(accepted: str) -> None:
    reply = ask(accept_encoding=accepted)
    assert header(reply, "content-encoding") == "gzip"
    assert gzip.decompress(reply.body) == SCRIPT
    assert header(reply, "content-length") == str(len(reply.body))


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0", "gzipped"])
def test_any_other_gets_it_plain(accepted: str) -> None:
    assert ask(accept_encoding=accepted).body == SCRIPT


def test_what_a_client_has_already_is_not_sent_again() -> None:
    etag = header(ask(), "etag")
    assert etag is not None
    for asked in (etag, f'"other", {etag}', etag.removeprefix("W/")):
        reply = ask(if_none_match=asked, accept_encoding="gzip")
        assert (reply.status, reply.body) == (304, b"")
        assert header(reply, "etag") == etag
        assert header(reply, "content-length") is None
    assert ask(if_none_match='"other"').status == 200


def test_another_content_has_another_tag() -> None:
    assert host("/a.js", b"1").etag != host("/a.js", b"2").etag


def test_what_does_not_shrink_is_served_plain_to_all() -> None:
    assert host("/dot.gif", SCRIPT).zipped is None
    assert host("/tiny.js", b"1").zipped is None


def test_every_type_says_what_it_is() -> None:
    assert all("/" in kind for kind in CONTENT_TYPES.values())
    assert [(method, path) for method, path, _ in hosted_routes((FILE,))] == [(b"GET", "/sdk/a.min.js")]
