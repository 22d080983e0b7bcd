"""A dry run: what rules would do to events that are there already, path by path. It changes nothing.

Values are shown by their shape alone (`aaa.aaaa@aaaa.aa`), unless somebody asks for the values themselves.
"""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mainstem.events import Dropped, Held, Sending
from mainstem.privacy.notes import noted
from mainstem.privacy.paths import MOST_LEVELS, path_of
from mainstem.privacy.pseudonyms import is_pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mainstem.events import Step

Outcome = Literal["dropped", "masked", "hashed", "pseudonymised", "shortened", "changed"]

REQUEST_IP = "request_ip"
_LONGEST_SHAPE = 40
_ADDRESSES = ("ip", REQUEST_IP)


class PathChange(msgspec.Struct, frozen=True):
    """What happened at one path, with the first example of it."""

    path: str
    """Elements of lists as `*`."""
    outcome: Outcome
    count: int
    before: str
    """Shape or value, as asked for."""
    after: str | None
    """None where nothing is left."""


class Preview(msgspec.Struct, frozen=True):
    """What rules would do to a number of events."""

    profile: str
    events: int
    changed: int
    """Events of which anything would be changed or taken away."""
    not_kept: dict[str, int]
    """Events that would not be kept at all, by reason."""
    changes: tuple[PathChange, ...]
    """Most frequent first."""
    earlier: dict[str, int] = {}
    """What rules had done before these events were kept, such as `removed properties.comment`: how often."""


def preview(
    profile: str,
    steps: Sequence[Step],
    events: Iterable[tuple[dict[str, Any], Sending]],
    *,
    values: bool = False,
) -> Preview:
    """Put `steps` to work on copies of `events`. `values`: show what stands there rather than its shape."""
    show = _value if values else shape
    counts: Counter[tuple[str, Outcome]] = Counter()
    examples: dict[tuple[str, Outcome], tuple[str, str | None]] = {}
    not_kept: Counter[str] = Counter()
    earlier: Counter[str] = Counter()
    seen = changed = 0
    for event, sending in events:
        seen += 1
        earlier.update(noted(event))
        after, before_ip = copy.deepcopy(event), sending.request_ip
        reason = _run(steps, after, sending)
        if reason is not None:
            not_kept[reason] += 1
            continue
        found = list(_differences(event, after, ()))
        if before_ip != sending.request_ip:
            found.append((REQUEST_IP, before_ip, sending.request_ip))
        changed += bool(found)
        for path, old, new in found:
            key = path, _outcome(path, new)
            counts[key] += 1
            examples.setdefault(key, (show(old), None if new is _GONE else show(new)))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    changes = tuple(PathChange(*key, count, *examples[key]) for key, count in ordered)
    return Preview(profile, seen, changed, dict(not_kept), changes, dict(earlier.most_common()))


def shape(value: Any) -> str:
    """A value with letters as `a`, digits as `9`: what kind of thing it is, and not which."""
    if isinstance(value, str) and is_pseudonym(value):
        return value[: value.index(":") + 1] + "…"
    if isinstance(value, bool) or value is None:
        return msgspec.json.encode(value).decode()
    if isinstance(value, (dict, list)):
        return f"{'object' if isinstance(value, dict) else 'list'} of {len(value)}"
    text = str(value)
    shown = "".join(
        "9" if c.isdigit() else "a" if c.isalpha() else c if c.isprintable() else "?" for c in text
    )
    marks = ("[email]", "[phone]", "[card]", "[token]", "[masked]")
    for mark in marks:
        if mark in text:
            at = text.index(mark)
            shown = shown[:at] + mark + shown[at + len(mark) :]
    return shown if len(shown) <= _LONGEST_SHAPE else f"{shown[:_LONGEST_SHAPE]}…"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _run(steps: Sequence[Step], event: dict[str, Any], sending: Sending) -> str | None:
    for step in steps:
        verdict = step(event, sending)
        if isinstance(verdict, (Dropped, Held)):
            return verdict.reason
    return None


class _Gone:
    """Stands for a value that is there no longer."""


_GONE = _Gone()


def _differences(before: Any, after: Any, at: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    """Path, old and new value of each leaf that differs; what went as a whole counts leaf by leaf."""
    if at == ("context", "privacy") or len(at) > MOST_LEVELS:
        return
    if isinstance(before, dict):
        inside = after if isinstance(after, dict) else {}
        for name, value in before.items():
            yield from _differences(value, inside.get(name, _GONE), (*at, name))
    elif isinstance(before, list):
        inside_list = after if isinstance(after, list) else []
        same = len(inside_list) == len(before)
        kept = [*inside_list]
        for index, value in enumerate(before):
            if same:
                yield from _differences(value, inside_list[index], (*at, "*"))
            elif value in kept:
                kept.remove(value)
            else:
                yield from _differences(value, _GONE, (*at, "*"))
    elif after is _GONE or after != before:
        yield path_of(at), before, after


def _outcome(path: str, new: Any) -> Outcome:
    if new is _GONE or new == "":
        return "dropped"
    if isinstance(new, str):
        if is_pseudonym(new):
            return "hashed" if new[0] == "h" else "pseudonymised"
        if path.rpartition(".")[2] in _ADDRESSES:
            return "shortened"
        if "[" in new:
            return "masked"
    return "changed"
