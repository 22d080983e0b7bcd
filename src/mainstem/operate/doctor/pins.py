"""Whether what is installed is what this version of Mainstem was tested with.

Packages that are pinned share a binary interface (DuckDB and its extensions) or private names (dbt): another
version may run for a while and fail late.
"""

from __future__ import annotations

import importlib.metadata
import re
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAME = "packages"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^;\s]+)\s*$")
_ENGINE = "duckdb"
_EXTENSION = "duckdb-extension-"


def required() -> list[str]:
    """The requirements of the installed Mainstem, as its metadata has them."""
    return importlib.metadata.requires("mainstem") or []


def installed(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def check_pins(requirements: Sequence[str], version_of: Callable[[str], str | None]) -> Iterator[Finding]:
    """Optional requirements (extras) are not looked at."""
    pins = {pin[1]: pin[2] for line in requirements if (pin := _PIN.match(line))}
    wrong = {name: version_of(name) for name, wanted in pins.items() if version_of(name) != wanted}
    for name, version in wrong.items():
        yield fail(
            NAME,
            f"{name} {version or 'is missing'}, but {pins[name]} is needed",
            f"pip install '{name}=={pins[name]}'",
        )
    engine = version_of(_ENGINE)
    apart = [name for name in pins if name.startswith(_EXTENSION) and version_of(name) != engine]
    for name in [name for name in apart if name not in wrong]:
        yield fail(
            NAME, f"{name} {version_of(name)} is not for duckdb {engine}", f"pip install '{name}=={engine}'"
        )
    if not wrong and not apart:
        yield ok(NAME, f"{len(pins)} pinned packages are as pinned; duckdb {engine} and its extensions agree")
