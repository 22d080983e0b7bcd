"""What people write in a dashboard's text tiles and notes, as HTML that is safe to show.

It comes as Markdown with HTML in it, or as the JSON of Looker's editor. Whatever comes, what leaves is made
of the elements below and text: no style, script, image or frame, no attribute but a link's address.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import msgspec
from markdown_it import MarkdownIt
from markupsafe import Markup

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = ("strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "small", "code")
_TABLES = ("table", "thead", "tbody", "tr", "th", "td")
_KEPT = frozenset({"p", "div", "blockquote", "pre", "ul", "ol", "li", *_INLINE, *_TABLES})
_VOID = frozenset({"br", "hr"})
_DROPPED = frozenset({"script", "style", "template", "iframe", "object", "svg", "math", "title", "head"})
"""With all that stands in them."""
_ALIGNED = frozenset({"p", "div", *_HEADINGS})
_SCHEMES = frozenset({"http", "https", "mailto"})
_LEAVES = {"code": "code", "bold": "strong", "italic": "em", "underline": "u", "strikethrough": "s"}
_BLOCKS = {"ul": "ul", "ol": "ol", "li": "li", "blockquote": "blockquote", "code": "pre"}
_CONTENT_OF_ITEM = "lic"
_DEEPEST = 6

_MARKDOWN = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])


def prose(text: str, under: int = 2) -> Markup:
    """`under`: the level of the heading it stands below; its own begin one deeper."""
    nodes = _rich_text(text)
    html = _MARKDOWN.render(text) if nodes is None else "".join(map(_node, nodes))
    cleaner = _Cleaner(under)
    cleaner.feed(html)
    cleaner.close()
    return Markup(cleaner.whole())  # noqa: S704 -- made of the elements above and escaped text alone


def clean(html: str) -> Markup:
    """HTML of one cell, as safe as `prose`, its text left as it is."""
    cleaner = _Cleaner(under=2)
    cleaner.feed(html)
    cleaner.close()
    return Markup(cleaner.whole())  # noqa: S704 -- made of the elements above and escaped text alone


class _Cleaner(HTMLParser):
    def __init__(self, under: int) -> None:
        super().__init__(convert_charrefs=True)
        self._under = under
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []
        """As it was written, and what it became."""
        self._dropping: list[str] = []

    def whole(self) -> str:
        self._close_down_to(0)
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping or tag in _DROPPED:
            self._dropping.append(tag)
        elif tag in _VOID:
            self._out.append(f"<{tag}>")
        elif tag == "img":
            self._out.append(escape(dict(attrs).get("alt") or ""))
        else:
            self._start(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                del self._dropping[self._dropping.index(tag) :]
            return
        at = next((n for n in reversed(range(len(self._open))) if self._open[n][0] == tag), None)
        if at is not None:
            self._close_down_to(at)

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._out.append(escape(data))

    def _start(self, tag: str, given: dict[str, str | None]) -> None:
        shown, attributes = self._shown(tag, given)
        if shown is not None:
            self._open.append((tag, shown))
            self._out.append(f"<{shown}{attributes}>")

    def _shown(self, tag: str, given: dict[str, str | None]) -> tuple[str | None, str]:
        if tag == "a":
            href = address(given.get("href") or "")
            return ("a", f' href="{escape(href)}" rel="noopener noreferrer"') if href else (None, "")
        if tag == "center":
            return "div", ' class="prose-center"'
        aligned = _alignment(given) if tag in _ALIGNED else ""
        if tag in _HEADINGS:
            return f"h{min(self._under + int(tag[1]), _DEEPEST)}", aligned
        return (tag, aligned) if tag in _KEPT else (None, "")

    def _close_down_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()[1]}>")


def address(href: str) -> str | None:
    """What a link may lead to; None for anything else. Control characters are left out before it is read, as
    browsers do."""
    bare = "".join(character for character in href if character > " ")
    try:
        scheme = urlsplit(bare).scheme.lower()
    except ValueError:
        return None
    return bare if scheme in _SCHEMES or (not scheme and bare.startswith(("/", "#", "?"))) else None


def _alignment(given: dict[str, str | None]) -> str:
    style = "".join((given.get("style") or "").lower().split())
    side = (given.get("align") or "").lower()
    found = next((one for one in ("center", "right") if side == one or f"text-align:{one}" in style), None)
    return f' class="prose-{found}"' if found else ""


def _rich_text(text: str) -> list[Any] | None:
    """The nodes of Looker's editor; None of any other text."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found = msgspec.json.decode(text, strict=False)
    except msgspec.DecodeError:
        return None
    is_rich = isinstance(found, list) and all(isinstance(one, dict) and "children" in one for one in found)
    return found if is_rich else None


def _node(node: Any) -> str:
    if not isinstance(node, dict):
        return ""
    if "text" in node:
        html = escape(str(node["text"])).replace("\n", "<br>")
        for key, tag in _LEAVES.items():
            html = f"<{tag}>{html}</{tag}>" if node.get(key) else html
        return html
    children = node.get("children")
    inner = "".join(map(_node, children if isinstance(children, list) else ()))
    kind = str(node.get("type", "p"))
    if kind == "a":
        return f'<a href="{escape(str(node.get("url", "")))}">{inner}</a>'
    if kind == _CONTENT_OF_ITEM:
        return inner
    tag = kind if kind in _HEADINGS else _BLOCKS.get(kind, "p")
    align = node.get("align")
    return f'<{tag} align="{escape(str(align))}">{inner}</{tag}>' if align else f"<{tag}>{inner}</{tag}>"
