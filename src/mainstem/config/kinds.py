"""Tables of a section, each of a type that some package registers: `[connectors.NAME]` with `type = …`.

Types are found by entry point; listing them imports none, one is loaded when it is named. A type has a Struct
of its own for its settings. What else tables of a section must keep to is for whoever reads the section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, get_args

import msgspec

from mainstem.config.secret import Secret
from mainstem.errors import ConfigError, EnvironmentFailure, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.config.reader import Config

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Kind(Protocol):
    @property
    def settings(self) -> type[msgspec.Struct]: ...


K = TypeVar("K", bound=Kind)


@dataclass(frozen=True)
class Kinds(Generic[K]):
    """The types there are of one noun."""

    group: str
    """Of entry points."""
    noun: str
    """`connector`."""
    section: str
    """Of `mainstem.toml`: `connectors`."""

    def names(self) -> tuple[str, ...]:
        return tuple(sorted({entry.name for entry in entry_points(group=self.group)}))

    def find(self, name: str) -> K:
        """Raises UsageError for a type nobody registers, EnvironmentFailure for one that cannot be
        imported."""
        entry: EntryPoint | None = next((one for one in entry_points(group=self.group, name=name)), None)
        if entry is None:
            raise UsageError(f"there is no type of {self.noun} {name!r}; there are {', '.join(self.names())}")
        try:
            kind: K = entry.load()
        except (ImportError, AttributeError) as e:
            raise EnvironmentFailure(
                f"the {self.noun} {name} is registered as {entry.value}, which cannot be imported: {e}; "
                "install its package again, or remove it"
            ) from e
        return kind

    def tables(self, config: Config) -> Mapping[str, object]:
        """As they are written, by name. Raises ConfigError for a section that holds none."""
        written = config.values.get(self.section, {})
        if not isinstance(written, dict):
            raise ConfigError(
                config.place(self.section), f"write each as [{self.section}.NAME], a table of its own"
            )
        return written

    def settings(
        self, config: Config, name: str, table: object, *, secrets: bool, names: Sequence[str] = ()
    ) -> tuple[K, Any]:
        """A table's type, and its settings of that type's Struct. Raises ConfigError with file and line.

        Without `secrets` they are left out and not looked up: a plan is made where nobody has them. Values of
        `names` are names as the table's own is.
        """
        section, valid = f"{self.section}.{name}", ", ".join(self.names())
        if not isinstance(table, dict):
            raise ConfigError(
                config.place(self.section, name), f"write each as [{self.section}.NAME], a table of its own"
            )
        for value in (name, *(table.get(one) or name for one in names)):
            if not isinstance(value, str) or not _NAME.fullmatch(value):
                raise ConfigError(
                    config.place(section), f"{value!r} is no name", "lower-case letters, digits and _"
                )
        if "type" not in table:
            raise ConfigError(config.place(section), f"{self.noun} {name!r} lacks its type", valid)
        try:
            kind = self.find(str(table["type"]))
        except InputError as e:
            raise ConfigError(config.place(section, "type"), str(e), valid) from e
        hidden = () if secrets else secret_fields(kind)
        shown = {key: value for key, value in table.items() if key not in hidden}
        found: Mapping[str, object] = {section: shown}
        return kind, replace(config, values=found, environment={}).section(section, kind.settings)

    def ensure_named(self, name: str, found: Mapping[str, object]) -> None:
        """Raises UsageError for a table that is not among those that were found."""
        if name not in found:
            valid = ", ".join(found) or f"none: write one as [{self.section}.NAME] in mainstem.toml"
            raise UsageError(f"there is no {self.noun} {name!r}; there are {valid}")

    def secret_variables(self, config: Config, name: str) -> list[str]:
        """Variables of the environment that a table's secrets are in, sorted; the table is one that
        `settings` has taken."""
        table = config.values[self.section][name]
        held = [table.get(field) for field in sorted(secret_fields(self.find(str(table["type"]))))]
        written = [text for one in held for text in (one.values() if isinstance(one, dict) else (one,))]
        references = [text for text in written if isinstance(text, str) and text.startswith("env:")]
        return sorted({text.removeprefix("env:") for text in references})


def secret_fields(kind: Kind) -> set[str]:
    """Settings that hold a secret. None of them is required by its Struct: who opens the thing asks."""
    return {
        field.encode_name
        for field in msgspec.structs.fields(kind.settings)
        if field.type is Secret or Secret in get_args(field.type)
    }
