"""The ledger of erased people in a project's data folder, and what the gateway and the loader ask of it.

`privacy/erased` holds a line for each of their ids, as keyed hashes; `privacy/erased.key` the key, for its
owner alone to read. Both are made by the first erasure. Without the key the ledger says nothing: that is an
error wherever it is read, for erased people would come back.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import msgspec

from mainstem.assemble.watch import FileWatch
from mainstem.errors import EnvironmentFailure
from mainstem.events import decode_received
from mainstem.privacy import PrivacySettings
from mainstem.privacy.erased import Ledger, erased_judge, is_older, ledger_lines, read_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.privacy.erased import Person

_KEY_BYTES = 32


def erasures_folder(project: Project) -> Path:
    return project.data_dir / "privacy"


def ledger_file(project: Project) -> Path:
    return erasures_folder(project) / "erased"


def load_ledger(project: Project) -> Ledger | None:
    """None where nobody was ever erased. Raises EnvironmentFailure for a ledger that cannot be read."""
    file = ledger_file(project)
    try:
        text = file.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as e:
        raise EnvironmentFailure(f"cannot read {file}: {e}") from e
    key = erasure_key(project)
    if key is None:
        raise _key_is_gone(project)
    try:
        return read_ledger(text, key)
    except ValueError as e:
        raise EnvironmentFailure(f"{file}: {e}") from e


def erasure_key(project: Project, *, make: bool = False) -> bytes | None:
    """None where there is none; with `make` it is made then."""
    file = _key_file(project)
    if make and not file.exists():
        if ledger_file(project).exists():
            raise _key_is_gone(project)
        _write_durably(file, secrets.token_hex(_KEY_BYTES) + "\n")
    try:
        return bytes.fromhex(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as e:
        raise EnvironmentFailure(f"cannot read the key {file}: {e}") from e


def enter_in_ledger(project: Project, person: Person, at: str) -> int:
    """Add somebody, durably; how many ids were new to it."""
    key = erasure_key(project, make=True)
    if key is None:
        raise EnvironmentFailure(f"{_key_file(project)} was removed while it was made")
    known = load_ledger(project) or Ledger(key, {}, {})
    file = ledger_file(project)
    lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
    kinds = {"id": known.ids, "found": known.found}
    new = [line for line in ledger_lines(person, key, at) if line.split()[2] not in kinds[line.split()[1]]]
    if new:
        _write_durably(file, "\n".join([*lines, *new]) + "\n")
    return len(new)


class LedgerWatch:
    """The ledger as a long-running reader of the log follows it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._watch = FileWatch()
        self._judge: Callable[[bytes], bool] | None = None

    def judge(self) -> Callable[[bytes], bool] | None:
        """What tells the record of an erased person; None where nobody was erased."""
        if self._watch.changed([ledger_file(self._project)]):
            self._judge = record_judge(self._project)
        return self._judge


def record_judge(project: Project) -> Callable[[bytes], bool] | None:
    """As `LedgerWatch.judge`, by the ledger as it is now."""
    ledger = load_ledger(project)
    if ledger is None:
        return None
    judge = erased_judge(ledger)
    keeps_new = project.config.section("privacy", PrivacySettings).erased == "return"

    def is_erased(payload: bytes) -> bool:
        try:
            record = decode_received(payload)
            event = msgspec.json.decode(record.event)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False  # the loader quarantines what it cannot read
        at = judge(event) if isinstance(event, dict) else None
        return at is not None and (not keeps_new or is_older(event, record.received_at, at))

    return is_erased


def _key_file(project: Project) -> Path:
    return erasures_folder(project) / "erased.key"


def _key_is_gone(project: Project) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"{ledger_file(project)} lists erased people and its key {_key_file(project)} is gone: "
        "restore it from a backup"
    )


def _write_durably(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
