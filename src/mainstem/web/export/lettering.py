"""How wide a text is, and what of it fits: nobody lays out what is drawn without a page.

The widths are those of Helvetica's letters, which Arial and Liberation Sans share by design.
"""

from __future__ import annotations

_ASCII = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 "
    "556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 "
    "778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 "
    "556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_WIDTHS = {chr(32 + n): int(width) / 1000 for n, width in enumerate(_ASCII.split())}
_OTHER, _IDEOGRAPH, _FIRST_IDEOGRAPH = 0.6, 1.0, 0x2E80
_BOLD = 1.07


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """In the unit of `size`."""
    letters = sum(_WIDTHS.get(c, _IDEOGRAPH if ord(c) >= _FIRST_IDEOGRAPH else _OTHER) for c in text)
    return letters * size * (_BOLD if bold else 1)


def fitted(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with `…` after it."""
    text = " ".join(text.split())
    if width_of(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and width_of(kept + "…", size, bold=bold) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if kept else ""


def wrapped(text: str, width: float, size: float, most: int = 1000) -> list[str]:
    """Lines no wider than `width`; past `most` of them the last ends with `…`."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and width_of(longer, size) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [fitted(line, width, size) for line in lines]
