"""What the rules did to one event, by the names of fields and never by their values.

It goes with the event as `context.privacy`, so that nothing is taken away in silence: the live debugger, the
dry run and the warehouse can all say it. An event that no rule touched has none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, get_args

from mainstem.privacy.detectors import DETECTORS

Deed = Literal["removed", "masked", "hashed", "pseudonymised"]

MOST_NAMES = 20
"""Names kept of one deed; what is over is counted in `more`."""
_LONGEST_NAME = 64

Note = tuple[Deed, str]


def step_name(name: str) -> str:
    """`name` as a part of a path in a note: `*` where the name itself may be somebody's."""
    return _step_name(name) if len(name) <= _LONGEST_NAME else "*"


@lru_cache(maxsize=4096)
def _step_name(name: str) -> str:
    if not name.isprintable() or not name.isascii() or "." in name:
        return "*"
    if name.isalpha():
        return name
    found = any(next(iter(detector.spans(name)), None) for detector in DETECTORS)
    return "*" if found or "%" in name else name


def write_notes(event: dict[str, Any], profile: str, notes: list[Note]) -> None:
    """Add `notes` to `event["context"]["privacy"]`; nothing where the event's context is no object."""
    context = event.setdefault("context", {})
    if not isinstance(context, dict):
        return
    kept = context.get("privacy")
    report: dict[str, Any] = dict(kept) if isinstance(kept, dict) else {}
    report["profile"] = profile
    for deed, path in notes:
        names = report.setdefault(deed, [])
        if not isinstance(names, list):
            names = report[deed] = []
        if path in names:
            continue
        if len(names) < MOST_NAMES:
            names.append(path)
        else:
            more = report.get("more", 0)
            report["more"] = more + 1 if isinstance(more, int) else 1
    context["privacy"] = report


def noted(event: dict[str, Any]) -> list[str]:
    """What stands in the notes of an event, as `removed properties.comment`; a sender may have put anything
    where they are, and what is no note is none."""
    context = event.get("context")
    report = context.get("privacy") if isinstance(context, dict) else None
    if not isinstance(report, dict):
        return []
    named = ((deed, report.get(deed)) for deed in get_args(Deed))
    lists = ((deed, names) for deed, names in named if isinstance(names, list))
    return [f"{deed} {name}" for deed, names in lists for name in names if isinstance(name, str)]
