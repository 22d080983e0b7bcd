"""Paths into an event, as rules name them: `traits.email`, `properties.products.*.sku`, `**.ssn`.

A name is met however it is spelt (`names.bare`). `*` is any one name, or every element of a list; a list may
also be passed over in silence. `**` is any depth, none included. `traits.…` also means `context.traits.…`,
where some SDKs put them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mainstem.privacy.names import bare
from mainstem.privacy.notes import step_name

MOST_LEVELS = 64
"""Levels that rules look into; what is deeper cannot be judged, and an allow-list takes it away."""

Segments = tuple[str, ...]
Replace = Callable[[Any, tuple[str, ...]], Any]
"""Value and path in, what is to stand there out; REMOVE takes it away."""


class Remove:
    """The one value that means: nothing is to stand here."""


REMOVE = Remove()


def parse_path(written: str) -> Segments:
    """Raises ValueError, naming what is wrong, for text that is no path."""
    segments = tuple(segment.strip() for segment in written.split("."))
    if not all(segments):
        raise ValueError(f"{written!r} is no path: a name is missing between its dots")
    if segments[-1] == "**" and len(segments) == 1:
        raise ValueError("'**' is everything: name something")
    return tuple(segment if segment in ("*", "**") else bare(segment) or segment for segment in segments)


def with_traits(paths: Sequence[Segments]) -> list[Segments]:
    """The same paths, and `context.traits` beside `traits`."""
    twins = [("context", *path) for path in paths if path[0] == "traits"]
    return [*paths, *twins]


def apply_at(segments: Segments, value: Any, replace: Replace, at: tuple[str, ...] = ()) -> None:
    """Put `replace` to work on whatever `segments` lead to inside `value`, which changes in place and stands
    at the path `at`."""
    if len(at) > MOST_LEVELS:
        return
    if type(value) is dict:
        _in_object(segments, value, replace, at)
    elif type(value) is list:
        _in_list(segments, value, replace, (*at, "*"))


def path_of(at: tuple[str, ...], *names: str) -> str:
    """The path as a note has it."""
    return ".".join(map(step_name, (*at, *names)))


def _in_object(segments: Segments, found: dict[str, Any], replace: Replace, at: tuple[str, ...]) -> None:
    first, rest = segments[0], segments[1:]
    if first == "**":
        if rest:
            _in_object(rest, found, replace, at)
        for name, value in list(found.items()):
            if type(value) in (dict, list):
                apply_at(segments, value, replace, (*at, name))
            elif not rest:
                _put(found, name, replace(value, (*at, name)))
        return
    for name in [name for name in found if first == "*" or bare(name) == first]:
        if rest:
            apply_at(rest, found[name], replace, (*at, name))
        else:
            _put(found, name, replace(found[name], (*at, name)))


def _in_list(segments: Segments, found: list[Any], replace: Replace, at: tuple[str, ...]) -> None:
    if segments in (("*",), ("**",)):
        kept = [
            replace(value, at) if type(value) not in (dict, list) or segments == ("*",) else value
            for value in found
        ]
        found[:] = [value for value in kept if value is not REMOVE]
    rest = segments[1:] if segments[0] == "*" else segments
    for value in found:
        if rest:
            apply_at(rest, value, replace, at)


def _put(into: dict[str, Any], name: str, value: Any) -> None:
    if value is REMOVE:
        del into[name]
    else:
        into[name] = value
