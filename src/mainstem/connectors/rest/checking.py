"""What a declaration that reads well can still not mean: names nobody gives, lists without an end, deleted
rows nobody tells of. Pure; problems come in the declaration's own order."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.rest.client import ApiKeyAuth, BearerAuth, HttpBasicAuth
from mainstem.connectors.rest.templates import ROOTS, placeholders
from mainstem.manifest.paths import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.connectors.rest.client import Auth
    from mainstem.connectors.rest.declaration import Child, Declaration, Endpoint, Incremental, Resource
    from mainstem.manifest.paths import Path

_SECRET = re.compile(r"\{secrets\.[a-z][a-z0-9_]*\}")


def check(declaration: Declaration) -> list[Problem]:
    """Everything that is wrong; empty when nothing is."""
    return [
        *_client(declaration),
        *_repeated(declaration),
        *(
            problem
            for number, one in enumerate(declaration.resources)
            for problem in _resource(declaration, one, ("resources", number))
        ),
    ]


def parents_of(resource: Resource) -> set[str]:
    """Names of the resources whose rows its requests need."""
    found = placeholders(msgspec.to_builtins(resource.endpoint))
    return {name.split(".")[1] for name in found if name.startswith("resources.") and name.count(".") > 1}


def lists_of(declaration: Declaration, resource: Resource) -> list[str]:
    """Names of the parameters of which each value is a request of its own."""
    used = [name.partition(".")[2] for name in placeholders(resource.endpoint.path)]
    found = (name for name in used if name in declaration.parameters)
    return [name for name in dict.fromkeys(found) if declaration.parameters[name].type == "list"]


def _client(declaration: Declaration) -> Iterator[Problem]:
    client = declaration.client
    if not client.base_url.startswith(("http://", "https://", "{parameters.")):
        yield Problem(("client", "base_url"), f"{client.base_url!r} is no address", "https://…")
    if client.auth is not None:
        yield from _auth(declaration, client.auth)
    for name in ("base_url", "headers", "account"):
        yield from _placed(declaration, getattr(client, name), ("client", name), {"parameters"})
    if declaration.check is not None:
        yield from _placed(declaration, declaration.check.path, ("check", "path"), {"parameters"})
    for number, limit in enumerate(client.limits):
        yield from _expression(limit.path, ("client", "limits", number, "path"))


def _auth(declaration: Declaration, auth: Auth) -> Iterator[Problem]:
    match auth:
        case BearerAuth():
            secrets = {"token": auth.token}
        case ApiKeyAuth():
            secrets = {"api_key": auth.api_key}
        case HttpBasicAuth():
            secrets = {"password": auth.password} if auth.password else {"username": auth.username}
        case _:
            secrets = {"client_secret": auth.client_secret}
    for name, written in secrets.items():
        if not _SECRET.fullmatch(written):
            yield Problem(("client", "auth", name), "holds a secret itself", "{secrets.NAME}")
    for name, value in msgspec.to_builtins(auth).items():
        yield from _placed(declaration, value, ("client", "auth", name), {"parameters", "secrets"})


def _expression(written: str, path: Path) -> Iterator[Problem]:
    try:
        re.compile(written)
    except re.error as e:
        yield Problem(path, f"no regular expression: {e}")


def _repeated(declaration: Declaration) -> Iterator[Problem]:
    names = Counter(one.name for one in declaration.resources)
    keys: dict[str, tuple[str, ...]] = {}
    for number, one in enumerate(declaration.resources):
        if names[one.name] > 1:
            yield Problem(("resources", number, "name"), f"{one.name!r} is the name of two")
        tables: list[tuple[Path, str, tuple[str, ...]]] = [((), one.table or one.name, one.primary_key)]
        tables += [(("children", n), child.table, child.primary_key) for n, child in enumerate(one.children)]
        for path, table, key in tables:
            if keys.setdefault(table, key) != key:
                yield Problem(
                    ("resources", number, *path, "primary_key"),
                    f"the table {table} has another key elsewhere",
                    ", ".join(keys[table]),
                )


def _resource(declaration: Declaration, one: Resource, path: Path) -> Iterator[Problem]:
    yield from _endpoint(declaration, one.endpoint, (*path, "endpoint"))
    yield from _parent(declaration, one, path)
    yield from _deletes(one, path)
    if not one.primary_key:
        yield Problem((*path, "primary_key"), "is empty", "columns that tell rows apart")
    if one.changes is not None:
        inside = (*path, "changes", "endpoint")
        yield from _endpoint(declaration, one.changes.endpoint, inside)
        if one.changes.endpoint.incremental is None:
            yield Problem((*inside, "incremental"), "is missing", "cursor_path, start_param, row_order")
        elif one.changes.endpoint.incremental.row_order is None:
            yield Problem((*inside, "incremental", "row_order"), "is missing", "asc, desc")
    for number, child in enumerate(one.children):
        yield from _child(child, (*path, "children", number))


def _endpoint(declaration: Declaration, endpoint: Endpoint, path: Path) -> Iterator[Problem]:
    if endpoint.paginator is None and declaration.client.paginator is None:
        yield Problem(
            (*path, "paginator"), "is missing, and the client has none", "single_page, header_link …"
        )
    for name in ("path", "params", "json", "headers"):
        allowed = {"parameters", "resources", "incremental"}
        yield from _placed(declaration, getattr(endpoint, name), (*path, name), allowed)
    for number, one in enumerate(endpoint.response_actions):
        if one.action != "ignore":
            where = (*path, "response_actions", number, "action")
            yield Problem(where, f"{one.action!r} is the client's to say, for every endpoint", "ignore")
    if endpoint.json is not None and endpoint.method != "POST":
        yield Problem((*path, "json"), "is the body of a POST", "method: POST")
    if endpoint.incremental is not None:
        yield from _incremental(endpoint, endpoint.incremental, (*path, "incremental"))
    elif any(name.startswith("incremental.") for name in placeholders(msgspec.to_builtins(endpoint))):
        yield Problem((*path, "incremental"), "is missing, and a placeholder wants it")


def _incremental(endpoint: Endpoint, one: Incremental, path: Path) -> Iterator[Problem]:
    wanted = "incremental.start_value" in placeholders(msgspec.to_builtins(endpoint))
    bounded = one.start_param is not None or wanted
    if not bounded and one.row_order != "desc":
        yield Problem(
            path, "has no way to leave old rows out", "start_param, or row_order: desc for newest first"
        )


def _parent(declaration: Declaration, one: Resource, path: Path) -> Iterator[Problem]:
    parents = parents_of(one)
    where = (*path, "endpoint", "path")
    known = {other.name: other for other in declaration.resources}
    if len(parents) > 1:
        yield Problem(where, f"needs rows of several resources: {', '.join(sorted(parents))}", "one")
    for name in parents & known.keys():
        if known[name].with_parent:
            yield Problem(where, f"{name} is read with its own parent, and has no list", "another resource")
        if name == one.name or one.name in parents_of(known[name]):
            yield Problem(where, f"{one.name} and {name} need each other's rows")
    if one.with_parent and not parents:
        yield Problem((*path, "with_parent"), "has no parent: its path names no resource", "{resources.…}")
    if one.with_parent and (one.changes or one.endpoint.incremental or one.deletes != "unknown"):
        yield Problem((*path, "with_parent"), "is read whole for every row of its parent", "without it")
    if one.owner is not None and not one.with_parent:
        yield Problem((*path, "owner"), "is of what is read with its parent", "with_parent: true")
    for name, column in one.columns.items():
        if column.from_parent is not None and not parents:
            yield Problem((*path, "columns", name, "from_parent"), "has no parent")


def _deletes(one: Resource, path: Path) -> Iterator[Problem]:
    told = bool(one.deleted or (one.changes and one.changes.deleted))
    if one.deletes == "told" and not told:
        yield Problem((*path, "deletes"), "says that deleted rows are told, and nothing says how", "deleted")
    if told and one.deletes != "told":
        yield Problem((*path, "deletes"), f"is {one.deletes}, and `deleted` tells of them", "told")
    if one.deletes == "listing" and (one.endpoint.incremental or one.changes):
        yield Problem(
            (*path, "deletes"), "wants every row listed, and only what is new is read", "unknown, told"
        )
    if one.deleted_column and one.deletes != "told":
        yield Problem((*path, "deleted_column"), "is of rows whose deletion is told", "deletes: told")


def _child(child: Child, path: Path) -> Iterator[Problem]:
    if not child.primary_key:
        yield Problem((*path, "primary_key"), "is empty", "columns that tell rows apart")
    if child.more is not None and child.owner is None:
        yield Problem((*path, "more"), "is of a list that belongs to its row", "owner")


def _placed(declaration: Declaration, value: Any, path: Path, allowed: set[str]) -> Iterator[Problem]:
    """Placeholders that stand for nothing."""
    for name in placeholders(value):
        root, _, rest = name.partition(".")
        if root not in allowed or not rest:
            valid = ", ".join(f"{{{one}.…}}" for one in ROOTS if one in allowed)
            yield Problem(path, f"{{{name}}} cannot stand here", valid)
            continue
        all_known: dict[str, Mapping[str, Any]] = {
            "parameters": declaration.parameters,
            "secrets": declaration.secrets,
            "resources": {one.name: one for one in declaration.resources},
            "incremental": {"start_value": None, "end_value": None},
        }
        known = all_known[root]
        first = rest.partition(".")[0]
        if first not in known:
            problem = f"{{{name}}} names nothing that `{root}` has"
            yield Problem(path, problem, ", ".join(known) or f"what stands under `{root}:`")
