from __future__ import annotations

from mainstem.config import Secret
from mainstem.notify import Message
from mainstem.notify.message import LONGEST_BODY, LONGEST_TITLE


def test_no_secret_is_in_a_message_whoever_makes_it() -> None:
    Secret("s3cr3t-of-stripe")
    message = Message("failed with s3cr3t-of-stripe", "url postgres://u:pa55word@host/db s3cr3t-of-stripe")
    assert message.title == "failed with ***"
    assert message.body == "url postgres://u:***@host/db ***"


def test_what_is_too_long_keeps_its_beginning_and_more_of_its_end() -> None:
    body = "begin " + "x" * 10_000 + " end"
    message = Message("t" * 300, body)
    assert len(message.title) <= LONGEST_TITLE
    assert len(message.body) <= LONGEST_BODY
    assert message.body.startswith("begin ")
    assert message.body.endswith(" end")
    assert f"… {len(body) - LONGEST_BODY} characters left out …" in message.body


def test_a_secret_across_the_cut_is_struck_before_it() -> None:
    Secret("0123456789abcdef" * 4)
    message = Message("t", "x" * 1100 + "0123456789abcdef" * 4 + "y" * 10_000)
    assert "0123456789" not in message.body


def test_a_title_is_one_line() -> None:
    assert Message("two\n lines", "").title == "two lines"
