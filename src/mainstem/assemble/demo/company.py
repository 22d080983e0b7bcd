"""Which simulated company a demo holds, and its days, up to the day before the demo's first run.

It is fixed by that run: the same values give the same events, to the byte, so a later run counts the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.demo.counting import WITHOUT_ROWS
from mainstem.assemble.demo.services import CONNECTOR_VARIABLES, SYNCED
from mainstem.assemble.init import write_dbt_project
from mainstem.errors import UsageError
from mainstem.simulate.play import Playing
from mainstem.simulate.world import Calendar, sampled_eras
from mainstem.transform import TransformSettings

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.simulate.world import Day


_SERVICES = tuple(one.name for one in SYNCED)
_BELIEVED_DAYS = 4000
"""A clock may be so far behind the moment of receipt, and no further, since history comes in at once."""


class Company(msgspec.Struct, frozen=True):
    """What `mainstem.simulate.world` makes the company from."""

    seed: int
    months: int
    """Of history, the month of `last_day` among them."""
    size: int
    """About the accounts it wins in sixty months."""
    last_day: date
    services: tuple[str, ...]
    """Whose rows connectors bring."""

    @property
    def playing(self) -> Playing:
        months = self.last_day.year * 12 + self.last_day.month - self.months
        return Playing(self.seed, self.size, date(months // 12, months % 12 + 1, 1))


class Planned:
    """What there is to be sent, noted from the days as they are made, before anything sends them."""

    def __init__(self) -> None:
        self.through: date | None = None
        """The last day noted."""
        self._messages: set[str] = set()

    @property
    def messages(self) -> frozenset[str]:
        """Ids of the messages that become rows."""
        return frozenset(self._messages)

    def note(self, day: Day) -> None:
        self.through = day.day
        self._messages.update(
            event.message["messageId"] for event in day.events if event.message["type"] != WITHOUT_ROWS
        )


def demo_company(project: Project, seed: int, months: int, size: int) -> Company:
    """The company this project has held since its first run; made from the arguments on that run.

    Raises UsageError when a later run asks for another one, or the folder holds one of an older make.
    """
    file = project.data_dir / "company.json"
    if file.exists():
        kept = _read(file)
        if kept.services != _SERVICES:
            raise UsageError(_of_another_version(file, f"its services were {', '.join(kept.services)}"))
        if Company(seed, months, size, kept.last_day, _SERVICES) != kept:
            raise UsageError(
                f"{project.folder} holds the company seed={kept.seed} months={kept.months} size={kept.size}; "
                "keep these, or name another folder with --dir"
            )
        return kept
    company = Company(seed, months, size, _yesterday(), _SERVICES)
    _tell_models(project, company)
    project.data_dir.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(msgspec.json.encode(company))
    unfinished.rename(file)
    return company


def _tell_models(project: Project, company: Company) -> None:
    """What the company knows of itself, as variables of its dbt project: years of events come in at once, and
    in some months clients sent a sample."""
    file = project.config.path(project.config.section("transform", TransformSettings).project_dir)
    eras = sampled_eras(Calendar(company.playing.first_day))
    variables = {
        "product_believed_late_days": _BELIEVED_DAYS,
        "product_sampled_eras": msgspec.to_builtins(eras),
        **CONNECTOR_VARIABLES,
    }
    write_dbt_project(file, project.settings.name, variables)


def _read(file: Path) -> Company:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Company)
    except msgspec.MsgspecError as e:
        raise UsageError(_of_another_version(file, str(e))) from e


def _of_another_version(file: Path, why: str) -> str:
    return (
        f"{file} is of another version of the demo ({why}); remove {file.parent.parent} to begin anew, "
        "or name another folder with --dir"
    )


def _yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)
