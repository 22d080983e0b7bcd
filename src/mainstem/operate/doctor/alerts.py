"""Whether people would be told: places that can be reached, and somebody who watches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok, skipped, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

NAME = "alerts"

QUIET = timedelta(minutes=5)


def check_alerts(
    targets: Mapping[str, str],
    untold: Mapping[str, str],
    looked_at: datetime | None,
    is_up: bool,
    now: datetime,
) -> Iterator[Finding]:
    """`targets`: by place, why it cannot be told, empty where it can. `untold`: by place, why it did not take
    what waits for it. `looked_at`: when somebody last looked at the runs; `is_up`: whether somebody
    should."""
    if not targets:
        tell = warn if is_up else skipped
        yield tell(NAME, "nobody is told of what fails", "set [alerts.targets]; docs/alerts.md says how")
    for name, problem in targets.items():
        if problem:
            yield fail(NAME, problem, f"give {name} its address; `mainstem alerts test` tries it")
    for name, problem in untold.items():
        yield warn(NAME, f"alerts wait to be told: {problem}", f"see `mainstem alerts test {name}`")
    if is_up and (looked_at is None or now - looked_at > QUIET):
        since = "yet" if looked_at is None else f"since {looked_at.isoformat(timespec='seconds')}"
        yield fail(NAME, f"nobody has looked at the runs {since}", "see the log of the process alerts")
    elif targets and not any(targets.values()):
        yield ok(NAME, f"told: {', '.join(targets)}")
