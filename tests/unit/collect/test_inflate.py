from __future__ import annotations

import gzip
import io

import pytest

from mainstem.collect.inflate import MAX_MEMBERS, gunzip
from mainstem.errors import EventRejected

TEXT = b'{"userId":"u"}' * 1000


def rejection(data: bytes, limit: int = 10**6) -> tuple[int, str]:
    with pytest.raises(EventRejected) as caught:
        gunzip(data, limit)
    return caught.value.status, caught.value.body


@pytest.mark.parametrize("text", [b"", b"x", TEXT])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_a_gzip_gives_back_what_was_packed(text: bytes, level: int) -> None:
    assert gunzip(gzip.compress(text, level), 10**6) == text


def test_what_a_python_sdk_packs_is_read() -> None:
    packed = io.BytesIO()
    with gzip.GzipFile("name.json", fileobj=packed, mode="w") as file:
        file.write(TEXT)
    assert gunzip(packed.getvalue(), 10**6) == TEXT


def test_several_members_are_one_body_up_to_the_limit() -> None:
    packed = gzip.compress(TEXT) + gzip.compress(b"end")
    assert gunzip(packed, len(TEXT) + 3) == TEXT + b"end"
    assert rejection(packed, len(TEXT) + 2) == (413, "request size exceeds max limit")


@pytest.mark.parametrize("over", [1, len(TEXT)])
def test_more_than_the_limit_is_refused(over: int) -> None:
    packed = gzip.compress(TEXT)
    assert gunzip(packed, len(TEXT)) == TEXT
    assert rejection(packed, len(TEXT) - over)[0] == 413


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = gzip.compress(b" " * 200_000_000, 9)
    assert rejection(bomb, 4_096_000) == (413, "request size exceeds max limit")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        TEXT,
        gzip.compress(TEXT, mtime=0)[:-1],
        gzip.compress(TEXT, mtime=0)[:-9],
        gzip.compress(TEXT, mtime=0)[:5],
        gzip.compress(TEXT) + b"x",
        gzip.compress(TEXT, mtime=0)[:-8] + b"\0" * 8,
        gzip.compress(b"") * (MAX_MEMBERS + 1),
    ],
    ids=["nothing", "a byte", "plain", "cut", "cut data", "cut header", "junk", "checksum", "members"],
)
def test_what_is_no_whole_gzip_is_refused(data: bytes) -> None:
    assert rejection(data) == (400, "failed to read body from request")
