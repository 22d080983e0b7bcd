"""Whether every section of `mainstem.toml` is valid, with the environment over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import ConfigError
from mainstem.operate.doctor.finding import Finding, fail, ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NAME = "settings"


def check_settings(sections: Mapping[str, Callable[[], object]]) -> Iterator[Finding]:
    """`sections` says how to read each; a reader raises ConfigError for what is not valid."""
    bad = 0
    for name, read in sections.items():
        try:
            read()
        except ConfigError as e:
            bad += 1
            valid = f" to one of: {e.valid}" if e.valid else ""
            yield fail(NAME, f"[{name}] {e.where}: {e.problem}", f"change it there{valid}")
    if not bad:
        yield ok(NAME, f"{len(sections)} sections are valid")
