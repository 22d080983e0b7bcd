"""The form of a drawing's settings: what of it applies to a drawing, and the settings that it makes.

Each control is named by where its setting stands (`v:series_labels/visits.pages`), so that what the form
sends can be put back without knowing the drawing. A setting that says what is so anyway is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from mainstem.web.charts.drawn import flag, listed, mapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PREFIX = "v:"
SHOWN = "v"
"""The parameter that names each setting the form holds: a box that is not ticked sends nothing."""
_LISTS = {"reference_lines": ("reference_type",), "conditional_formatting": ("type",), "y_axes": ()}
"""Lists of mappings → what an entry cannot be without."""
_NUMBERS = frozenset(
    ("num_rows", "minValue", "maxValue", "inner_radius", "charts_across", "margin_top", "margin_bottom")
)
_ON = "+"


@dataclass(frozen=True)
class Control:
    path: str
    """Where its setting stands, steps parted by `/`."""
    label: str
    kind: str
    """flag, choice, text, number or colour."""
    value: Any = ""
    choices: tuple[tuple[str, str], ...] = ()
    placeholder: str = ""
    is_default: bool = False
    """Of a flag: whether it is on when nothing is said."""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.path}"

    @property
    def shown(self) -> str:
        """As SHOWN names it."""
        return f"{self.kind}{_ON if self.is_default else ''}:{self.path}"


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[tuple[str, tuple[Control, ...]], ...]
    """(what a row of controls is about, or nothing; the controls)."""


def step(key: str) -> str:
    """A key of a mapping as a step of a path: keys may hold what parts the steps."""
    return key.replace("%", "%25").replace("/", "%2F")


def _steps(path: str) -> list[str]:
    return [one.replace("%2F", "/").replace("%25", "%") for one in path.split("/")]


def control(
    vis: Mapping[str, Any],
    path: str,
    label: str,
    kind: str = "text",
    choices: Sequence[tuple[str, str]] = (),
    *,
    on: bool = False,
    placeholder: str = "",
) -> Control:
    """The control of a setting, as it stands in `vis`."""
    value: Any = _at(vis, _steps(path))
    if kind == "flag":
        value = flag({"it": value}, "it", default=on)
    elif isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    return Control(path, label, kind, "" if value is None else value, tuple(choices), placeholder, on)


def is_of_form(parameter: str) -> bool:
    return parameter == SHOWN or parameter.startswith(PREFIX)


def held_under(step: str, sent: Iterable[tuple[str, str]]) -> list[str]:
    """The keys under a first step that a form holds, whatever it says of them."""
    paths = (_steps(value.partition(":")[2]) for name, value in sent if name == SHOWN)
    return [path[1] for path in paths if path[0] == step and len(path) > 1]


def with_form(vis: Mapping[str, Any], sent: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The settings after the form was sent; those that it does not hold stay as they are."""
    pairs = list(sent)
    given = {name.removeprefix(PREFIX): value for name, value in pairs if name.startswith(PREFIX)}
    made: dict[str, Any] = _plain(vis)
    for shown in (value for name, value in pairs if name == SHOWN):
        kind, _, path = shown.partition(":")
        steps = _steps(path)
        if not path or len(steps) > _DEEPEST:
            continue
        if kind.startswith("flag"):
            is_on, default = path in given, kind.endswith(_ON)
            value: Any = None if is_on is default else is_on
        else:
            value = _value(steps[-1], given.get(path, "").strip())
        _put(made, steps, value)
    return _tidied(made)


_DEEPEST = 5
_MOST_ENTRIES = 40


def _value(step: str, text: str) -> Any:
    if not text:
        return None
    if step in _NUMBERS:
        return _number(text)
    if step == "fields":
        return [one.strip() for one in text.split(",") if one.strip()]
    if step == "value":
        values = [_number(one.strip()) for one in text.split(",")]
        return values if len(values) > 1 else values[0]
    return text


def _number(text: str) -> float | str:
    """What is no number stays as it is written: who reads the setting leaves it out."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not isfinite(number):
        return text
    return int(number) if number == int(number) else number


def _at(vis: Mapping[str, Any], steps: Sequence[str]) -> Any:
    found: Any = vis
    for step in steps:
        if isinstance(found, list):
            found = found[int(step)] if step.isdecimal() and int(step) < len(found) else None
        else:
            found = mapped(found).get(step) if not isinstance(found, dict) else found.get(step)
    return found


def _put(place: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    """Lists are kept by place while the form is read: `_tidied` makes lists of them again."""
    step, *inner_steps = steps
    if not inner_steps:
        if value is None:
            place.pop(step, None)
        else:
            place[step] = value
        return
    inner = place.get(step)
    if not isinstance(inner, dict):
        if value is None:
            return
        inner = {}
    _put(inner, inner_steps, value)
    if inner:
        place[step] = inner
    else:
        place.pop(step, None)


def _plain(vis: Mapping[str, Any]) -> dict[str, Any]:
    """A copy, in which lists of mappings are by place."""
    made: dict[str, Any] = {}
    for key, value in vis.items():
        if key in _LISTS:
            entries = [dict(mapped(one)) for one in listed(value)]
            made[key] = {str(n): entry for n, entry in enumerate(entries[:_MOST_ENTRIES])}
        else:
            made[key] = _copied(value)
    return made


def _copied(value: Any) -> Any:
    return {key: _copied(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _tidied(made: dict[str, Any]) -> dict[str, Any]:
    for key, needed in _LISTS.items():
        entries = mapped(made.get(key))
        kept = [
            entries[place]
            for place in sorted(entries, key=lambda one: int(one) if one.isdecimal() else 0)
            if isinstance(entries[place], dict)
            and all(entries[place].get(one) for one in needed)
            and (needed or entries[place])
        ]
        made[key] = kept
    return {key: value for key, value in made.items() if value not in ({}, [], None, "")}
