"""Settings of a connector to a REST API: which declaration it has, and what that wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.config import Secret
from mainstem.connectors.rest.reading import file_of, read_declaration
from mainstem.connectors.settings import ConnectorSettings
from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from mainstem.config import Config
    from mainstem.connectors.rest.declaration import Declaration


class RestSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` of type `rest`: any REST API, by a declaration in YAML."""

    declaration: str
    """A file of the project, such as `connectors/billing.yml`, or one that comes with Mainstem: `github`,
    `stripe`."""
    secrets: dict[str, Secret] = msgspec.field(default_factory=dict)
    """What the declaration calls `{secrets.NAME}`, by name: `{ token = "env:BILLING_TOKEN" }`."""
    parameters: dict[str, str | int | bool | list[str]] = msgspec.field(default_factory=dict)
    """What it calls `{parameters.NAME}`, by name."""


def placed(settings: RestSettings, config: Config, section: str) -> RestSettings:
    """With the declaration's whole path, once it and what it wants are there.

    Raises ConfigError with the line of the settings, DeclarationError with those of the declaration.
    """
    where = config.place(section, "declaration")
    file = config.path(file_of(settings.declaration, config.folder, where))
    declaration = read_declaration(file)
    _check_names(settings, declaration, config, section)
    return msgspec.structs.replace(settings, declaration=str(file))


def _check_names(settings: RestSettings, declaration: Declaration, config: Config, section: str) -> None:
    given = config.place(section, "parameters")
    for name, value in settings.parameters.items():
        if name not in declaration.parameters:
            valid = ", ".join(declaration.parameters) or "none"
            raise ConfigError(given, f"{declaration.title} has no parameter {name!r}", valid)
        wants_list = declaration.parameters[name].type == "list"
        if isinstance(value, list) != wants_list:
            valid = f'{name} = ["…"]' if wants_list else f'{name} = "…"'
            raise ConfigError(given, f"the parameter {name!r} of {declaration.title} is not that", valid)
    for name, parameter in declaration.parameters.items():
        if name not in settings.parameters and parameter.default is None:
            raise ConfigError(
                given, f"{declaration.title} lacks its parameter {name!r}: {parameter.description}"
            )
    for name in settings.secrets:
        if name not in declaration.secrets:
            valid = ", ".join(declaration.secrets) or "none"
            raise ConfigError(
                config.place(section, "secrets"), f"{declaration.title} has no secret {name!r}", valid
            )
    names = [one.name for one in declaration.resources if not one.with_parent]
    for field in ("streams", "without"):
        for name in getattr(settings, field):
            if name not in names:
                where = config.place(section, field)
                raise ConfigError(where, f"there is no stream {name!r}", ", ".join(names))
