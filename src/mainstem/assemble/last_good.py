"""The settings as a process last ran with them, kept so that it can start again while the present ones do not
check: a gateway served until it was killed, and senders must not pay for a file that is just being edited.

`<data>/last-good/collect` holds copies of `mainstem.toml` and of the plans and lists that a gateway's sources
were compiled with, for their owner alone to read, and `reading.json`, which says what each stands for; `up`
has the same for `mainstem up`, which checks more. Secrets are references in them and stay where they are. A
project that never ran has none, and its first start fails.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from mainstem.assemble.project import SECTIONS, Project, ProjectSettings
from mainstem.config import parse_config
from mainstem.config.reader import FILE_NAME
from mainstem.errors import MainstemError
from mainstem.events import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.config import Config

FOLDER = "last-good"
MANIFEST = "reading.json"
Process = Literal["collect", "up"]
_DATA_DIR = re.compile(r"""^[ \t]*data_dir[ \t]*=[ \t]*(["'])(.*?)\1""", re.MULTILINE)
"""Of a file that may be no TOML at present."""


class Manifest(msgspec.Struct, frozen=True):
    """What is kept: names are relative to the folder."""

    file: str
    """The `mainstem.toml` it is of."""
    text: str
    copies: dict[str, str]
    """By the absolute path of the file that each is a copy of."""


class LastGood(NamedTuple):
    """A project as it last checked."""

    project: Project
    at: str
    """Since when."""


def keep_last_good(data_dir: Path, whose: Process, config: Config, files: Iterable[Path]) -> None:
    """Keep what a process now runs with; nothing is written where that is kept already. Raises OSError."""
    folder = data_dir / FOLDER / whose
    contents = {config.file: config.text.encode(), **{file: file.read_bytes() for file in sorted(set(files))}}
    names = {file: _name_of(file, content) for file, content in contents.items()}
    copies = {str(file): name for file, name in names.items() if file != config.file}
    manifest = msgspec.json.encode(Manifest(str(config.file), names[config.file], copies))
    if _read(folder / MANIFEST) == manifest and all((folder / name).is_file() for name in names.values()):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file, content in contents.items():
        (folder / names[file]).parent.mkdir(mode=0o700, exist_ok=True)
        _write(folder / names[file], content)
    _write(folder / MANIFEST, manifest)
    kept = {name.partition("/")[0] for name in names.values()}
    for old in folder.iterdir():
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)


def last_good(
    folder_or_file: Path, whose: Process, environment: Mapping[str, str], data_dir: Path | None = None
) -> LastGood | None:
    """Of the project whose present settings do not check; None where nothing is kept, or that does not
    check either. `data_dir` is where the command line says so."""
    file = (folder_or_file / FILE_NAME if folder_or_file.is_dir() else folder_or_file).resolve()
    data = data_dir.absolute() if data_dir else _data_dir(file, environment)
    folder = data / FOLDER / whose
    content = _read(folder / MANIFEST)
    if content is None:
        return None
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
        stand_ins = {Path(path): folder / name for path, name in manifest.copies.items()}
        text = (folder / manifest.text).read_text(encoding="utf-8")
        config = parse_config(file, text, environment, stand_ins)
        config.unknown_sections(SECTIONS)
        project = Project(config, config.section("project", ProjectSettings))
    except (msgspec.MsgspecError, OSError, UnicodeDecodeError, MainstemError):
        return None  # whoever asks tells what is wrong with the settings as they are now
    if manifest.file != str(file) or (data_dir is None and project.data_dir != data):
        return None
    since = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC)
    return LastGood(project, format_time(since))


def _data_dir(file: Path, environment: Mapping[str, str]) -> Path:
    """Where a file that cannot be read says that its data is."""
    written = environment.get("MAINSTEM_PROJECT_DATA_DIR")
    if written is None:
        found = _DATA_DIR.search((_read(file) or b"").decode("utf-8", "replace"))
        written = found.group(2) if found else ProjectSettings().data_dir
    return (file.parent / Path(written).expanduser()).resolve()


def _name_of(file: Path, content: bytes) -> str:
    """A plan is known by its file's name, so the copy has it too."""
    return f"{hashlib.sha256(str(file).encode() + content).hexdigest()[:24]}/{file.name}"


def _read(file: Path) -> bytes | None:
    with suppress(OSError):
        return file.read_bytes()
    return None


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all; several workers may write the same."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
