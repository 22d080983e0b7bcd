"""The design's colours against WCAG 2.2 AA, in both themes."""

from __future__ import annotations

import re
from importlib import resources

import pytest

STATIC = resources.files("mainstem.web") / "static"
_PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in _PAIR.findall((STATIC / "tokens.css").read_text(encoding="utf-8"))
}
GROUNDS = ("page", "surface", "raised", "sunken")
SERIES = tuple(f"series-{n}" for n in range(1, 9))

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "danger") for ground in GROUNDS),
    *((ink, f"{kind}-soft") for ink in ("ink", "ink-2") for kind in ("accent", "danger", "ok", "warning")),
    *((kind, f"{kind}-soft") for kind in ("accent", "danger", "ok", "warning")),
    *((kind, ground) for kind in ("ok", "warning") for ground in ("surface", "raised")),
    ("danger-strong", "danger-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
]
"""(text, ground) that stand on each other somewhere: 4.5 to 1 (SC 1.4.3)."""

SHAPES = [
    *(("edge", ground) for ground in GROUNDS),
    *(("accent", ground) for ground in GROUNDS),
    *((series, "surface") for series in SERIES),
]
"""(line or mark, ground) one must see to use or to understand: 3 to 1 (SC 1.4.11)."""


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_faint(pairs: list[tuple[str, str]], theme: str, least: float) -> list[tuple[str, str, float]]:
    found = [(ink, ground, contrast(TOKENS[ink][theme], TOKENS[ground][theme])) for ink, ground in pairs]
    return [(ink, ground, round(ratio, 2)) for ink, ground, ratio in found if ratio < least]


def test_contrast_is_what_wcag_computes() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_every_ground_it_stands_on(theme: str) -> None:
    assert too_faint(TEXT, theme, 4.5) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_fields_and_marks_of_charts_can_be_seen(theme: str) -> None:
    assert too_faint(SHAPES, theme, 3) == []


def test_every_colour_has_a_light_and_a_dark_value_and_stands_among_the_tokens() -> None:
    for sheet in STATIC.iterdir():
        if sheet.name.endswith(".css") and sheet.name != "tokens.css":
            text = re.sub(
                r"/\*.*?\*/|#[\w-]+(?=[^;{}]*\{)", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL
            )
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", text) == [], sheet.name


def test_every_token_that_is_used_is_there() -> None:
    sheets = [s.read_text(encoding="utf-8") for s in STATIC.iterdir() if s.name.endswith(".css")]
    defined = {name for text in sheets for name in re.findall(r"(--[a-z0-9-]+):", text)}
    used = {name for text in sheets for name in re.findall(r"var\((--[a-z0-9-]+)", text)}
    assert used <= defined, used - defined
