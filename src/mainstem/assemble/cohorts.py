"""`mainstem cohorts refresh`: dynamic cohorts counted again on what is published, members brought into the
lake."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.accounts import open_accounts
from mainstem.assemble.connections import open_connections
from mainstem.assemble.postgres import open_records
from mainstem.assemble.project import open_project
from mainstem.assemble.publishing import open_desk, open_published
from mainstem.assemble.query import lookml_folder
from mainstem.assemble.warehouse import open_warehouse
from mainstem.cohorts.keeping import Keeper, ShelvedCohorts, recount
from mainstem.cohorts.lake import write_members
from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.store.cohorts import Cohorts
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.query.context import Asking
    from mainstem.store.cohorts import KeptCohort
    from mainstem.web.auth import Accounts

_PROCESS = "cohorts"


def refresh_cohorts(folder: Path) -> tuple[list[str], int]:
    """Lines that say what came of each, and how many could not be counted. Members go into the lake also of
    those that others could not be counted beside. Raises what opening the project and writing the lake
    raise."""
    project = open_project(folder)
    with (
        open_records(project, _PROCESS) as records,
        open_accounts(project, _PROCESS) as accounts,
        open_desk(project, _PROCESS) as desk,
        open_published(project, desk) as warehouse,
        open_connections(project) as others,
    ):
        cohorts = Cohorts(records)
        model = read_project(lookml_folder(project)).project
        explorers = WarehouseExplorers(
            lambda: model,
            Connections(warehouse, others),
            lambda: datetime.now(UTC),
            cohorts=ShelvedCohorts(cohorts),
        )
        told = recount(Keeper(cohorts), explorers, lambda login: _asking_of(accounts, login))
        lines = [
            f"{cohort.name}: {problem}"
            if count is None
            else f"{cohort.name}: {count.size:,}, {count.entered:,} came in, {count.left_it:,} went out"
            for cohort, count, problem in told
        ]
        with closing(open_warehouse(project, read_only=False)) as lake:
            written = write_members(cohorts, lake)
    lines.append(f"in the lake: {', '.join(written)}" if written else "the lake has them as they are")
    return lines, sum(count is None for _, count, _ in told)


def list_cohorts(folder: Path) -> list[KeptCohort]:
    """Those that are kept, by title."""
    with open_records(open_project(folder), _PROCESS) as records:
        return Cohorts(records).all()


def _asking_of(accounts: Accounts, login: str) -> Asking | None:
    user = accounts.users.by_login(login)
    if user is None or user.disabled_at is not None:
        return None
    role = Role.of(user.role)
    return accounts.asking_of(user, role) if role >= Role.EXPLORER else None
