"""Who is told of an alert."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.store.runs import Alert


def targets_of(alert: Alert, settings: AlertSettings) -> tuple[str, ...]:
    """The first route that the DAG fits says so; every place where none does, and of what is of no DAG. A
    place that cannot be reached is not told of itself."""
    kinds, targets = settings.on, tuple(settings.targets)
    for route in settings.routes if alert.dag_id else ():
        if any(fnmatchcase(alert.dag_id, pattern) for pattern in route.dags):
            kinds = settings.on if route.on is None else route.on
            targets = route.targets
            break
    # That something is over is told to those who were told of it.
    about = alert.key.split(":")[1] if alert.key.startswith("over:") else alert.kind
    if not {alert.kind, about} <= set(kinds):
        return ()
    return tuple(target for target in targets if not alert.key.startswith(f"target:{target}:"))


def is_wanted(kind: str, settings: AlertSettings) -> bool:
    """Whether anybody could be told of such an alert, so that it is worth finding and keeping."""
    return kind in settings.on or any(kind in (route.on or ()) for route in settings.routes)
