"""Run checks one after the other; one that breaks is a finding and keeps no other from running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import MainstemError
from mainstem.operate.doctor.finding import Finding, fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True)
class Check:
    """A name, and what to call. It yields findings as it makes them."""

    name: str
    look: Callable[[], Iterable[Finding]]


def run_checks(checks: Sequence[Check]) -> list[Finding]:
    """Every finding, in the order of the checks."""
    return [finding for check in checks for finding in _findings(check)]


def _findings(check: Check) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check.look())
    except MainstemError as e:
        found.append(fail(check.name, str(e), "mend what it says, then look again"))
    except OSError as e:
        where = f"{e.filename}: " if e.filename else ""
        found.append(
            fail(check.name, f"{where}{e.strerror or e}", "mend it, or the rights to it, then look again")
        )
    except Exception as e:  # noqa: BLE001 # whoever calls a doctor needs the other findings the more
        found.append(
            fail(check.name, f"the check itself failed: {type(e).__name__}: {e}", "report this as a bug")
        )
    return found
