"""Secrets that somebody wrote where everybody reads: in plain `env` and in arguments.

A manifest is printed, kept and shown. What looks like a secret in it is refused with the field it belongs in;
no message repeats it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.manifest.paths import Problem
from mainstem.privacy.detectors import token
from mainstem.privacy.names import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.manifest.model import Task
    from mainstem.manifest.paths import Path

_PASSWORD_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#:@]*:[^\s/?#@]+@", re.IGNORECASE)
_HARMLESS = re.compile(r"\s*|[0-9.]+|true|false|yes|no|none|null", re.IGNORECASE)
_WHERE_TO = "secret_env: {NAME: {name: …, key: …}}, which names a secret and does not hold it"


def secret_problems(task: Task, path: Path) -> Iterator[Problem]:
    for name, value in task.env.items():
        at = (*path, "env", name)
        if why := _secret(value):
            yield Problem(at, f"holds {why}; env is printed", _WHERE_TO)
        elif token.is_name(bare(name)) and not _HARMLESS.fullmatch(value):
            yield Problem(at, "is named as a secret is, and env is printed", _WHERE_TO)
    for number, argument in enumerate(task.argv):
        if why := _secret(argument):
            yield Problem(
                (*path, "argv", number),
                f"holds {why}; arguments are printed, and shown to everybody on the machine",
                _WHERE_TO,
            )


def _secret(text: str) -> str:
    if _PASSWORD_IN_URL.search(text):
        return "an address with a password"
    return "what looks like a key or token" if any(token.spans(text)) else ""
