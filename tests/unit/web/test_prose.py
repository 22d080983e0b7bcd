"""Text tiles say what was written in Markdown, HTML or the editor's JSON, and can do nothing else."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.web.prose import prose

_TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s[^>]*)?)>")
_HARMLESS = re.compile(
    r'|( class="prose-(center|right)")|( href="(https?:|mailto:|[/#?])[^"<>]*" rel="noopener noreferrer")'
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Sales", "<h3>Sales</h3>"),
        ("**Net** of *refunds*", "<p><strong>Net</strong> of <em>refunds</em></p>"),
        ("[x](http://x?a&b)", '<p><a href="http://x?a&amp;b" rel="noopener noreferrer">x</a></p>'),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ('<center><h2>Top</h2></center>', '<div class="prose-center"><h4>Top</h4></div>'),
        ('<p style="text-align: center; color: red">x</p>', '<p class="prose-center">x</p>'),
        ('<font color="red">x</font>', "<p>x</p>"),
        ('<img src="https://x.org/p.png" alt="Our logo">', "Our logo"),
        ("<div>never closed", "<div>never closed</div>"),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown_and_html_are_shown(text: str, shown: str) -> None:
    assert prose(text).strip() == shown


def test_the_editors_json_is_shown() -> None:
    link = {"type": "a", "url": "/x", "children": [{"text": "x"}]}
    item = {"type": "lic", "children": [{"text": "1"}]}
    text = json.dumps(
        [
            {"type": "h1", "align": "center", "children": [{"text": "Login", "bold": True}]},
            {"type": "p", "children": [{"text": "see "}, link]},
            {"type": "ul", "children": [{"type": "li", "children": [item]}]},
        ]
    )
    assert prose(text) == (
        '<h3 class="prose-center"><strong>Login</strong></h3>'
        '<p>see <a href="/x" rel="noopener noreferrer">x</a></p><ul><li>1</li></ul>'
    )


@pytest.mark.parametrize("text", ["[not json", "[1, 2]", "[link](/x)", '["a"]'])
def test_brackets_alone_make_no_json(text: str) -> None:
    assert prose(text).startswith("<p>")


def test_headings_stand_below_the_heading_of_their_tile() -> None:
    assert prose("# a\n## b", under=1) == "<h2>a</h2>\n<h3>b</h3>\n"
    assert prose("###### a", under=2) == "<h6>a</h6>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style><svg><a href='https://x'>y</a></svg>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,1)",
        "<a href='vbscript:x' onclick='x()'>x</a>",
        "<p onclick='x()' class='rail' id='main' style='position: fixed'>x</p>",
        "<iframe src='https://x'></iframe><form action='/logout'><button>x</button></form>",
        '[{"type": "a", "url": "javascript:x", "children": [{"text": "<script>x</script>"}]}]',
    ],
)
def test_nothing_that_acts_is_let_through(text: str) -> None:
    assert_harmless(prose(text))


@given(st.text(alphabet=st.sampled_from("<>/=\"'& abhrefscriptonclickjv:*#[]()!-\n\t`"), max_size=80))
def test_no_text_at_all_makes_html_that_acts(text: str) -> None:
    assert_harmless(prose(text))


def assert_harmless(html: str) -> None:
    """Elements that are known, each closed where it was opened, and no attribute but those two."""
    rest = _TAG.sub("", html)
    assert "<" not in rest and ">" not in rest
    waiting: list[str] = []
    for closing, name, attributes in _TAG.findall(html):
        assert _HARMLESS.fullmatch(attributes), attributes
        assert name not in ("script", "style", "svg", "iframe", "form", "button", "img")
        if closing:
            assert waiting.pop() == name
        elif name not in ("br", "hr"):
            waiting.append(name)
    assert not waiting
