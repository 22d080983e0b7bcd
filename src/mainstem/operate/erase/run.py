"""Do the steps of an erasure in order, and say of each place what was found there.

Promise: a step that cannot be done now keeps no later one from being done that does not depend on it; the
erasure then is not complete, and says so. Nothing here prints an id.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

logger = logging.getLogger("mainstem.erase")


@dataclass(frozen=True)
class Step:
    """One place to erase from."""

    name: str
    do: Callable[[], Mapping[str, int]]
    """Does it; what it came to, by a word for each thing counted. May be done again. Raises MainstemError."""
    needs: tuple[str, ...] = ()
    """Steps without which it cannot be done."""


@dataclass
class Report:
    """What became of an erasure."""

    done: dict[str, dict[str, int]] = field(default_factory=dict)
    """Step → what it came to."""
    failed: dict[str, str] = field(default_factory=dict)
    """Step → why it could not be done."""
    left: dict[str, int] = field(default_factory=dict)
    """Place → how often an id still stands there, after all steps."""

    @property
    def is_complete(self) -> bool:
        return not self.failed

    def followed_by(self, later: Report) -> Report:
        """Both: what was done in all, and what could not be done in the end."""
        done = {step: Counter(counts) for step, counts in self.done.items()}
        for step, counts in later.done.items():
            done.setdefault(step, Counter()).update(counts)
        return Report({step: dict(counts) for step, counts in done.items()}, later.failed, later.left)


def perform(steps: Iterable[Step], told: Callable[[str], None] = lambda _: None) -> Report:
    """Do them; `told` is called with the name of each before it begins."""
    report = Report()
    for step in steps:
        if missing := [name for name in step.needs if name in report.failed]:
            report.failed[step.name] = f"waits for: {', '.join(missing)}"
            continue
        told(step.name)
        try:
            report.done[step.name] = dict(step.do())
        except MainstemError as e:
            logger.warning("%s: %s", step.name, e)
            report.failed[step.name] = str(e)
    return report
