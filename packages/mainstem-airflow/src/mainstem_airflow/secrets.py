"""Secrets of programs that run on the worker itself; a pod gets its own from Kubernetes.

Promise: the embedded runner's rule. `name` and `key` are the worker's environment variable `<NAME>_<KEY>`,
or the file `<folder>/<name>/<key>`; a secret that is in neither place fails the try, and no value is ever
said.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from mainstem_airflow.manifest import SecretRef

STRUCK = "***"
_SHORTEST_LINE = 8


class SecretMissing(LookupError):
    """There is no such secret on this worker."""


def variable_of(secret: SecretRef) -> str:
    return re.sub(r"[-.]", "_", f"{secret.name}_{secret.key}").upper()


def resolve(
    secrets: Mapping[str, SecretRef], *, environment: Mapping[str, str], folder: Path | None
) -> dict[str, str]:
    """Value by variable of the program. Raises SecretMissing, naming all that are."""
    found: dict[str, str] = {}
    missing: list[str] = []
    for name, secret in secrets.items():
        variable = variable_of(secret)
        file = folder / secret.name / secret.key if folder else None
        if file and file.is_file():
            found[name] = file.read_text(encoding="utf-8").removesuffix("\n")
        elif variable in environment:
            found[name] = environment[variable]
        else:
            missing.append(f"{variable} for {name}" + (f" (or the file {file})" if file else ""))
    if missing:
        raise SecretMissing(f"this worker's environment has no {'; no '.join(missing)}")
    return found


class Mask:
    """Strikes values from text, however they were quoted."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._any: re.Pattern[str] | None = None

    def learn(self, values: Iterable[str]) -> None:
        self._values.update(values)
        found = {spelling for value in self._values for spelling in _spellings(value) if spelling.strip()}
        longest_first = sorted(found, key=lambda spelling: (-len(spelling), spelling))
        self._any = re.compile("|".join(map(re.escape, longest_first))) if found else None

    def strike(self, text: str) -> str:
        return self._any.sub(STRUCK, text) if self._any else text


def _spellings(value: str) -> Iterator[str]:
    """As it is, in a URL, in Python's repr and in JSON; of several lines each one that is long enough."""
    yield from (value, quote(value), quote(value, safe=""), quote_plus(value))
    yield from (repr(value)[1:-1], repr('"' + value)[2:-1])  # a quote is escaped where the other is near
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    yield from (line for line in value.splitlines() if len(line.strip()) >= _SHORTEST_LINE)
