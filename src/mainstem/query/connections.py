"""Which warehouse a LookML model's `connection:` means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mainstem.semantics.project import Project
    from mainstem.warehouse import Warehouse

OWN = "warehouse"
"""What the project's own warehouse is called among others."""


def only_own(project: Project, others: Collection[str]) -> Project:
    """The project with those of its models alone that are asked of its own warehouse, `others` being the
    names of the rest."""
    kept = {name: model for name, model in project.models.items() if model.connection not in others}
    return msgspec.structs.replace(project, models=kept)


@dataclass(frozen=True)
class Connections:
    """The project's own warehouse, and others by the name that LookML calls them.

    Where there are no others, every name means the project's own: LookML that was written elsewhere names
    connections of its own. Among others a name has to be one of theirs.
    """

    own: Warehouse
    others: Mapping[str, Warehouse] = field(default_factory=dict)

    def of(self, project: Project, model: str) -> Warehouse:
        """Raises QueryError for a connection that none of several warehouses is. A model that is not there
        is for others to tell of."""
        found = project.models.get(model)
        name = found.connection if found is not None else None
        if found is None or name is None or not self.others or name == OWN:
            return self.own
        other = self.others.get(name)
        if other is None:
            names = (OWN, *self.others)
            raise QueryError(
                f"{found.origin}: model {model} is on connection {name}{did_you_mean(name, names)}; "
                f"connections are {', '.join(names)}"
            )
        return other
