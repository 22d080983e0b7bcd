"""`mainstem privacy erase`: a person out of everything that a project keeps.

Look with `preview_erasure`, act with `erase_person`, search again with `verify_erasure`. Nobody is erased by
a guess: whom none of the three can name is refused.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.assemble.erase.erasure import Erasure
from mainstem.assemble.erase.lake import LakePart
from mainstem.assemble.erase.log import LogPart
from mainstem.assemble.postgres import open_records, server_address
from mainstem.assemble.warehouse import lake_location
from mainstem.errors import UsageError
from mainstem.warehouse.ducklake.erasing import DuckLakeErasing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.assemble.project import Project
    from mainstem.operate.erase import Report

__all__ = ["Preview", "erase_person", "preview_erasure", "verify_erasure"]


@dataclass(frozen=True)
class Preview:
    """What an erasure would do."""

    ids: tuple[str, ...]
    """That are looked for: those asked for and the user ids linked with them, and pseudonyms."""
    found: tuple[str, ...]
    """Anonymous ids linked with them: erased where an event names no other user."""
    records: dict[str, int]
    """Of the log and its archive, by stream."""
    rows: dict[str, int]
    """By table."""


def preview_erasure(project: Project, values: tuple[str, ...]) -> Preview:
    """Look, and change nothing. Raises UsageError where nobody is named."""
    with _opened(project, values) as erasure:
        whom = erasure.find()
        return Preview(whom.ids, whom.found, dict(erasure.log.count(whom)), dict(erasure.lake.count(whom)))


def erase_person(
    project: Project, values: tuple[str, ...], asked_by: str, told: Callable[[str], None] = lambda _: None
) -> Report:
    """Erase, or end an erasure of the same ids that did not come to its end. What cannot be done now stands
    in the report. Raises UsageError where nobody is named, EnvironmentFailure when Postgres is away."""
    with _opened(project, values) as erasure:
        return erasure.run(asked_by, told)


def verify_erasure(project: Project, values: tuple[str, ...]) -> dict[str, int]:
    """Where one of `values` still stands, and how often; linked ids are not known any more."""
    with _opened(project, values) as erasure:
        return erasure.search(erasure.asked)


@contextmanager
def _opened(project: Project, values: tuple[str, ...]) -> Iterator[Erasure]:
    given = tuple(sorted({one.strip() for one in values if one.strip()}))
    if not given:
        raise UsageError("nobody to erase: give --user-id, --anonymous-id, --email or --file")
    location = lake_location(project)
    with ExitStack() as stack:
        database = stack.enter_context(open_records(project, "erase"))
        erasing = DuckLakeErasing(location, server_address(project))
        stack.callback(erasing.close)
        lake = LakePart(project, location, erasing, database)
        yield Erasure(project, LogPart(project), lake, database, given)
