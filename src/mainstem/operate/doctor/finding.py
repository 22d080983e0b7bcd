"""What a check found. Its text holds no secret, whoever it came from."""

from __future__ import annotations

from typing import Literal

import msgspec

from mainstem.config import redact

Result = Literal["ok", "warn", "fail", "skipped"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. Make it with `ok`, `warn`, `fail` or `skipped`."""

    check: str
    result: Result
    found: str
    mend: str | None = None
    """What to do about it, in one sentence; for `skipped`, what must be mended first, if anything."""


def ok(check: str, found: str) -> Finding:
    return Finding(check, "ok", redact(found))


def warn(check: str, found: str, mend: str) -> Finding:
    """It works now, and will not for long, or not well."""
    return Finding(check, "warn", redact(found), redact(mend))


def fail(check: str, found: str, mend: str) -> Finding:
    """Something does not work."""
    return Finding(check, "fail", redact(found), redact(mend))


def skipped(check: str, found: str, mend: str | None = None) -> Finding:
    """It could not be looked at."""
    return Finding(check, "skipped", redact(found), redact(mend) if mend else None)
