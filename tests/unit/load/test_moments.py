from __future__ import annotations

import pytest

from mainstem.load.schema import parse_moment, render_moment


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("2023-06-14", "2023-06-14T00:00:00.000Z"),
        ("2021-03-04T05:06:07+05:30", "2021-03-03T23:36:07.000Z"),
        ("2021-06-01 00:00:00", "2021-06-01T00:00:00.000Z"),
        ("2025-04-02 01:09:03.000+0530", "2025-04-01T19:39:03.000Z"),
        ("2025-04-02 01:09:03.714247+00:00", "2025-04-02T01:09:03.714Z"),
        ("2021-06-01 ", "2021-06-01T00:00:00.000Z"),
        ("2021-06-01 Z", "2021-06-01T00:00:00.000Z"),
        ("2021-06-01\u00a005:06+05:", "2021-06-01T00:06:00.000Z"),
        ("2021-06-01 05:06:7", "2021-06-01T05:06:07.000Z"),
        ("2021-06-01 05:06:07:08.9", "2021-06-01T05:06:07.008Z"),
        ("2021-06-01 05:06:07:00.9", "2021-06-01T05:06:07.000Z"),
        ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_iso_like_texts_are_moments_in_utc_milliseconds(text: str, rendered: str) -> None:
    moment = parse_moment(text)
    assert moment is not None
    assert render_moment(moment) == rendered


@pytest.mark.parametrize(
    ("text", "rendered"),
    [("2024-02-30", "2024-03-01"), ("2023-04-31", "2023-05-01"), ("2023-02-31", "2023-03-03")],
)
def test_a_day_past_the_end_of_its_month_rolls_over(text: str, rendered: str) -> None:
    moment = parse_moment(text)
    assert moment is not None
    assert render_moment(moment)[:10] == rendered


@pytest.mark.parametrize(
    "text",
    [
        "", "12345", "2021", "2021-13-01", "2024-05-23T25:00:00Z", "23-05-2024T10:00:00Z", "05:23:59.244Z",
        "2012/03/19", "0000-01-01", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
        "+2023-06-14T05:23:59.244Z", "2021-06-01T10:00:00 Z", "２０２１-01-01", "2021-06-01T\n", "x" * 100,
        "2021-06-01 05:06:60", "2021-06-01T05:06:7Z", "2021-06-01 05:06:7.5", "2021-06-01 +05:30",
    ],
)  # fmt: skip
def test_nothing_else_is_taken_for_a_moment(text: str) -> None:
    assert parse_moment(text) is None
