"""What a person reads of a page."""

from __future__ import annotations

import re


def main_text(page: str) -> str:
    """The words of the page's `main`, without its marks, one space apart."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
