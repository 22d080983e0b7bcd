from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from mainstem.web.filters.form import is_sent, kept_pairs, taken
from mainstem.web.filters.rows import Row


def test_the_controls_parts_are_taken_out_of_what_a_form_sends() -> None:
    pairs = [
        ("fields", "a.b"),
        ("f[a.b]", "x"),
        ("w[a.b].was", "x"),
        ("w[a.b].0.op", "is"),
        ("w[a.b].0.v", "x"),
        ("w[a.b].0.v", "y"),
        ("w[a.b].1.op", "starts_with"),
        ("w[a.b].1.add", "z"),
        ("w[Odd [name].].more", "1"),
    ]
    others, drafts = taken(pairs)
    assert others == [("fields", "a.b"), ("f[a.b]", "x")]
    assert drafts["a.b"].was == "x"
    assert drafts["a.b"].rows == (Row("is", ("x", "y"), {}), Row("starts_with", (), {"add": "z"}))
    assert drafts["Odd [name]."].more
    assert is_sent(drafts)


def test_a_condition_that_is_taken_away_is_none_of_the_rows() -> None:
    _, drafts = taken([("w[a].0.op", "is"), ("w[a].1.op", "null"), ("w[a].drop", "0")])
    assert drafts["a"].rows == (Row("null", (), {}),)


def test_what_is_unfinished_comes_back_out_of_an_address_and_was_not_sent() -> None:
    rows = (Row("between", (), {"low": "5", "high": ""}), Row("is", ("a", "b"), {}))
    address = urlencode(kept_pairs("a.b", rows))
    _, drafts = taken(parse_qsl(address, keep_blank_values=True))
    assert drafts["a.b"].rows == (Row("between", (), {"low": "5"}), Row("is", ("a", "b"), {}))
    assert not is_sent(drafts)
