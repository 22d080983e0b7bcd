"""Parse the two places settings come from and hand out typed sections of them.

An environment variable `MAINSTEM_<SECTION>_<KEY>` wins over the file; the file wins over the defaults
that stand in each Struct.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mainstem.config.choices import choices_at
from mainstem.config.secret import Secret
from mainstem.errors import ConfigError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)

FILE_NAME = "mainstem.toml"


@dataclass(frozen=True)
class Config:
    """Settings as written, before any package has typed its own section."""

    file: Path
    """The project's `mainstem.toml`; relative paths in it are relative to its folder."""
    values: Mapping[str, Any]
    environment: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False, default="")
    """What `values` were parsed from."""
    stand_ins: Mapping[Path, Path] = field(repr=False, default_factory=dict)
    """Copies that are read in the place of files that the settings name, by what they are copies of."""

    @property
    def folder(self) -> Path:
        return self.file.parent

    def path(self, written: str | Path) -> Path:
        """A path from the file, made absolute against the project folder."""
        found = (self.folder / Path(written).expanduser()).resolve()
        return self.stand_ins.get(found, found)

    def section(self, name: str, kind: type[SettingsT]) -> SettingsT:
        """The table `[name]` as a `kind`; an absent table gives the defaults of `kind`.

        Raises ConfigError with file and line (or the variable's name), naming the valid keys.
        """
        written = self.values.get(name, {})
        if not isinstance(written, dict):
            raise ConfigError(self.place(name), f"[{name}] is not a table")
        known = {f.encode_name: f for f in msgspec.structs.fields(kind)}
        for key in written:
            if key not in known:
                raise ConfigError(
                    self.place(name, key), f"[{name}] has no setting {key!r}", ", ".join(sorted(known))
                )
        values = {key: self._typed(name, key, known[key].type, value) for key, value in written.items()}
        for key in known:
            variable = f"MAINSTEM_{name}_{key}".upper()
            if variable in self.environment:
                written = self.environment[variable]
                values[key] = self._convert(variable, written, known[key].type, strict=False)
        try:
            return kind(**values)
        except TypeError as e:
            raise ConfigError(
                self.place(name), f"[{name}] lacks a setting: {e}", ", ".join(sorted(known))
            ) from e
        except ValueError as e:  # of a rule that the Struct has for settings together
            raise ConfigError(self.place(name), f"[{name}] {e}") from e

    def tables(self, name: str, kind: type[SettingsT]) -> tuple[SettingsT, ...]:
        """Every `[[name]]` table as a `kind`, in the order written."""
        written = self.values.get(name, [])
        if not isinstance(written, list):
            raise ConfigError(self.place(name), f"write each as [[{name}]], a table of its own")
        known = {f.encode_name: f.type for f in msgspec.structs.fields(kind)}
        for number, table in enumerate(written):
            for key, value in table.items() if isinstance(table, dict) else ():
                where = self.place(name, key, number)
                if key not in known:
                    raise ConfigError(where, f"[[{name}]] has no setting {key!r}", ", ".join(sorted(known)))
                self._convert(where, value, known[key], strict=True, label=f"[[{name}]] {key}")
        return tuple(
            self._convert(self.place(name, nth=number), table, kind, strict=True, label=f"[[{name}]]")
            for number, table in enumerate(written)
        )

    def unknown_sections(self, known: set[str]) -> None:
        """Raises ConfigError for the first top-level name that no part of Mainstem reads."""
        for name in self.values:
            if name not in known:
                raise ConfigError(self.place(name), f"there is no section {name!r}", ", ".join(sorted(known)))

    def place(self, section: str, key: str | None = None, nth: int = 0) -> Place:
        """The line where a section (its nth table) or a key in it stands."""
        return Place(self.file, _line_of(self.text, section, key, nth))

    def _typed(self, section: str, key: str, kind: Any, value: Any) -> Any:
        return self._convert(self.place(section, key), value, kind, strict=True, label=f"{section}.{key}")

    def _convert(
        self, where: Place | str, value: Any, kind: Any, *, strict: bool, label: str | None = None
    ) -> Any:
        try:
            return msgspec.convert(value, kind, strict=strict, dec_hook=partial(_decode_secret, self.folder))
        except msgspec.ValidationError as e:
            valid = ", ".join(choices_at(kind, str(e))) or None
            raise ConfigError(where, f"{label + ': ' if label else ''}{e}", valid) from e
        except ValueError as e:
            raise ConfigError(where, str(e)) from e


def read_config(folder_or_file: Path, environment: Mapping[str, str]) -> Config:
    """Read a project's settings.

    Raises ConfigError when there is no `mainstem.toml`, or it is not TOML (with line and column).
    """
    file = folder_or_file / FILE_NAME if folder_or_file.is_dir() else folder_or_file
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as e:
        raise ConfigError(
            Place(file), "there is no such file; `mainstem init DIR` makes one, --project DIR names one"
        ) from e
    except UnicodeDecodeError as e:
        raise ConfigError(Place(file), f"not UTF-8 text: {e.reason} at byte {e.start}") from e
    return parse_config(file, text, environment)


def parse_config(
    file: Path, text: str, environment: Mapping[str, str], stand_ins: Mapping[Path, Path] | None = None
) -> Config:
    """Settings out of `text`, as if it stood in `file`. Raises ConfigError when it is not TOML."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        found = re.search(r"\(at line (\d+)", str(e))
        line = int(found.group(1)) if found else len(text.splitlines())
        raise ConfigError(Place(file, line), f"not valid TOML: {e}") from e
    return Config(file.resolve(), values, environment, text, stand_ins or {})


def _decode_secret(folder: Path, kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str):
        return Secret.resolve(value, folder)
    raise ValueError(f"expected text, a reference `env:NAME` or `file:PATH`, got {type(value).__name__}")


def _line_of(text: str, section: str, key: str | None, nth: int) -> int | None:
    """TOML parsers of the standard library keep no lines, so the line is looked for in the text."""
    header = re.compile(rf"^\s*\[\[?\s*{re.escape(section)}\s*\]?\]")
    own = re.compile(rf"^\s*\[\[?\s*{re.escape(f'{section}.{key}')}\s*[\].]")
    inside, seen = False, -1
    start: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header.match(line):
            seen += 1
            inside = seen == nth
            if inside:
                start = number
        elif re.match(r"^\s*\[", line):
            inside = False
            if key and nth == 0 and own.match(line):
                return number
        elif key and inside and re.match(rf"^\s*\"?{re.escape(key)}\"?\s*=", line):
            return number
        elif start is None and re.match(rf"^\s*\"?{re.escape(section)}\"?\s*[=.]", line):
            start = number
    return start
