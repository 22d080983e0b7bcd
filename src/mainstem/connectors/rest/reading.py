"""A declaration from its file, or everything that is wrong with it, each with its line.

What people write shorter is spelled out here: a path for an endpoint, a type for a column, one value for a
list of one. A declaration is found in the project, or by its name among those that come with Mainstem.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.connectors.rest.checking import check
from mainstem.connectors.rest.declaration import Declaration
from mainstem.errors import ConfigError, DeclarationError
from mainstem.manifest.converting import BAD, convert, named
from mainstem.manifest.paths import Problem
from mainstem.manifest.yaml_lines import Written, read_yaml_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.errors import Place
    from mainstem.manifest.paths import Path as FieldPath

Plain = dict[str, Any]
SUFFIXES = (".yml", ".yaml")


def shipped() -> tuple[str, ...]:
    """Names of the declarations that come with Mainstem."""
    folder = files(__package__) / "shipped"
    return tuple(sorted(Path(one.name).stem for one in folder.iterdir() if one.name.endswith(SUFFIXES)))


def file_of(written: str, folder: Path, where: Place | str) -> Path:
    """The file that a setting names: a path in the project, or a name of one that is shipped.

    Raises ConfigError at `where` when there is none.
    """
    if written in shipped():
        return Path(str(files(__package__) / "shipped" / f"{written}.yml"))
    file = (folder / written).resolve()
    if not written.endswith(SUFFIXES) or not file.is_file():
        names = ", ".join(shipped())
        raise ConfigError(
            where,
            f"there is no declaration {written!r}",
            f"a file such as connectors/billing.yml, or {names}",
        )
    return file


def read_declaration(file: Path) -> Declaration:
    """Raises DeclarationError with every problem, file and line."""
    written = read_yaml_file(file)
    found = None if written.problems else _declaration(written)
    if found is not None:
        written.problems += check(found)
    if found is None or written.problems:
        raise DeclarationError(list(written.told()))
    return found


def _declaration(written: Written) -> Declaration | None:
    plain = written.value
    if not isinstance(plain, dict):
        valid = ", ".join(Declaration.__struct_fields__)
        problem = f"expected the fields of a declaration, got {named(plain)}"
        written.problems.append(Problem((), problem, valid))
        return None
    spelled_out = dict(plain)
    client = plain.get("client")
    if isinstance(client, dict):
        spelled_out["client"] = _with(client, paginator=_typed)
    defaults, resources = plain.get("resource_defaults") or {}, plain.get("resources")
    if isinstance(resources, list) and isinstance(defaults, dict):
        spelled_out["resources"] = [
            _resource(one, ("resources", number), defaults, written) if isinstance(one, dict) else one
            for number, one in enumerate(resources)
        ]
    made = convert(spelled_out, Declaration, (), written.problems)
    return None if made is BAD or written.problems else made


def _resource(plain: Plain, path: FieldPath, defaults: Plain, written: Written) -> Plain:
    for name in defaults.keys() - plain.keys():
        written.stand_for((*path, name), ("resource_defaults", name))
    endpoint = plain.get("endpoint")
    shared = _endpoint(defaults.get("endpoint", {}))
    merged: Plain = {**defaults, **plain}
    own = _endpoint(endpoint)
    if isinstance(own, dict) and isinstance(shared, dict):
        merged["endpoint"] = {**shared, **own}
        parameters = (shared.get("params") or {}, own.get("params") or {})
        if all(isinstance(one, dict) for one in parameters) and any(parameters):
            merged["endpoint"]["params"] = {**parameters[0], **parameters[1]}
    spelled_out: Plain = _with(
        merged,
        primary_key=_listed,
        columns=_columns,
        where=_values,
        deleted=_values,
        children=_each(lambda one: _with(one, primary_key=_listed, columns=_columns)),
        changes=lambda one: _with(one, where=_values, deleted=_values, endpoint=_endpoint),
    )
    return spelled_out


def _endpoint(given: Any) -> Any:
    if isinstance(given, str):
        return {"path": given}
    return _with(given, paginator=_typed)


def _with(given: Any, **spell: Callable[[Any], Any]) -> Any:
    """Fields of a mapping spelled out that are there; what is no mapping is left for `convert` to tell."""
    if not isinstance(given, dict):
        return given
    return {name: spell[name](value) if name in spell else value for name, value in given.items()}


def _each(spell: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda given: [spell(one) for one in given] if isinstance(given, list) else given


def _typed(given: Any) -> Any:
    return {"type": given} if isinstance(given, str) else given


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str | int | bool) else given


def _columns(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return {name: _typed(one) for name, one in given.items()}


def _values(given: Any) -> Any:
    return {name: _listed(one) for name, one in given.items()} if isinstance(given, dict) else given
