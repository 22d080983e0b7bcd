"""Texts that try to run a script, and what shows whether a page lets them.

Each calls `fired(…)` where it succeeds. They are what is written about such attacks: elements, handlers,
schemes, style, SVG and MathML, and texts that only become dangerous once something has repaired them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

VECTORS = (
    "<script>fired(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "</script><script>fired(2)</script>",
    "<img src=x onerror=fired(3)>",
    "<img/src=x/onerror=fired(4)>",
    "<svg onload=fired(5)>",
    "<svg><script>fired(6)</script></svg>",
    "<svg><animate onbegin=fired(7) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:fired(8)'><text x=20 y=20>go</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=fired(9)></style></mglyph></table></mtext></math>",
    "<math href='javascript:fired(10)'>go</math>",
    "<a href='javascript:fired(11)'>go</a>",
    "<a href='JaVaScRiPt&colon;fired(12)'>go</a>",
    "<a href='java&#x0A;script:fired(13)'>go</a>",
    "<a href='&#1;javascript:fired(14)'>go</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5maXJlZCgxNSk8L3NjcmlwdD4='>go</a>",
    "<a href='vbscript:fired(16)'>go</a>",
    "<a href=' javascript:fired(17)' target=_blank>go</a>",
    "<b onmouseover=fired(18)>over</b>",
    "<details open ontoggle=fired(19)>x</details>",
    "<input autofocus onfocus=fired(20)>",
    "<body onload=fired(21)>",
    "<iframe srcdoc='<script>parent.fired(22)</script>'></iframe>",
    "<iframe src='javascript:parent.fired(23)'></iframe>",
    "<object data='javascript:fired(24)'></object>",
    "<embed src='javascript:fired(25)'>",
    "<form action='javascript:fired(26)'><button>go</button></form>",
    "<button formaction='javascript:fired(27)'>go</button>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:fired(28)'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/x.css'; *{background:url(javascript:fired(29))}</style>",
    "<p style='background:url(javascript:fired(30))'>x</p>",
    "<p style='width:expression(fired(31))'>x</p>",
    "<p style='position:fixed;inset:0;z-index:99999'>covers the page</p>",
    "<noscript><p title='</noscript><img src=x onerror=fired(32)>'></noscript>",
    "<template><img src=x onerror=fired(33)></template>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>"
    "<img src=x onerror=fired(34)>'>",
    "<!--><img src=x onerror=fired(35)>-->",
    "<![CDATA[><img src=x onerror=fired(36)>]]>",
    "<<img src=x onerror=fired(37)>",
    "<img src=x onerror=fired(38)//",
    "'><img src=x onerror=fired(39)>",
    "\"><img src=x onerror=fired(40)>",
    "' onmouseover='fired(41)",
    "\" onfocus=\"fired(42)\" autofocus x=\"",
    "javascript:fired(43)",
    "data:text/html,<script>fired(44)</script>",
    "{{ 7 | inspect }}<img src=x onerror=fired(45)>",
    "<div hx-get='/logout' hx-trigger='load'>x</div>",
    "<div hx-on:load='fired(46)'>x</div>",
    "[go](javascript:fired(47))",
    "![x](javascript:fired(48))",
    "[x](data:text/html;base64,PHNjcmlwdD5maXJlZCg0OSk8L3NjcmlwdD4=)",
    "<video><source onerror=fired(50)></video>",
    "<marquee onstart=fired(51)>x</marquee>",
    "<x contenteditable onblur=fired(52)>x</x>",
    "&lt;img src=x onerror=fired(53)&gt;",
    "\\u003cimg src=x onerror=fired(54)\\u003e",
)  # fmt: skip

_ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "xlink:href", "srcset", "poster"})
_SAFE = re.compile(r"(?:https?:|mailto:|[/?#]|$|[^:]*$)", re.IGNORECASE)
_NEVER = frozenset({"iframe", "object", "embed", "base", "math", "style", "marquee", "animate"})


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_data = given.get("type") == "application/json"
        is_ours = given.get("src", "").startswith("/static/") or is_data
        if tag in _NEVER or (tag == "script" and not is_ours):
            self.found.append(self.get_starttag_text() or tag)
        if tag == "meta" and "http-equiv" in given:
            self.found.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            address = re.sub(r"[\x00-\x20]", "", value)
            unsafe = name in _ADDRESSES and not _SAFE.match(address)
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc") or unsafe:
                self.found.append(f"<{tag} {name}={value!r}>")


def dangers_in(page: str) -> list[str]:
    """What in the HTML of a page of ours could run a script, load something, or cover the page."""
    reader = _Page()
    reader.feed(page)
    reader.close()
    return reader.found
