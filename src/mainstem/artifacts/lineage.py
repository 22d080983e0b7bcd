"""dbt's `manifest.json` → what is made from what: sources, seeds, models, tests, exposures, as kept values.

Small enough to be kept for every build, and complete enough to say later what a number stood on. A node's
`fingerprint` changes when its own SQL, its settings, a macro it calls or a variable it reads changes, and not
when only the moment does. Nothing here runs dbt.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TABLES = frozenset({"model", "seed", "snapshot"})
_VARIABLE = re.compile(r"""\bvar\(\s*["'](\w+)["']""")
_ABOUT = frozenset(
    {"access", "contract", "docs", "event_time", "freshness", "group", "meta", "persist_docs", "tags"}
)
"""Settings that say something of a model and change none of its rows."""
_ADDS, _REPLACES = "append", "delete+insert"
_BEFORE = "pre-hook"
_HAVE_A_SAY = ("post-hook", "incremental_predicates", "predicates")
_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}


class LineageTest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    uid: str
    name: str
    kind: str
    """unique, not_null, …; `singular` for one in SQL of its own, `unit` for a unit test."""
    column: str | None = None
    severity: str = "error"
    file: str = ""
    about: tuple[str, ...] = ()
    """Unique ids of the models and sources it says something of."""


class LineageNode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model, seed, snapshot or source."""

    uid: str
    kind: str
    """model, seed, snapshot or source."""
    name: str
    schema: str
    table: str
    database: str = ""
    description: str = ""
    file: str = ""
    materialized: str = ""
    parents: tuple[str, ...] = ()
    columns: dict[str, str] = {}
    """Name → description."""
    owner: str = ""
    key: tuple[str, ...] = ()
    """Columns that tests hold to be unique together."""
    event_time: str = ""
    """The column that says when what a row tells of happened (dbt's `event_time`)."""
    loaded_at: str = ""
    """Of a source: the column that says when a row was loaded (dbt's `loaded_at_field`)."""
    warn_after_hours: float | None = None
    error_after_hours: float | None = None
    strategy: str = ""
    """How the rows of an incremental model's SQL come into its table: append or delete+insert. Empty where
    settings, or hooks that are not `hooked`, have a say in it as well."""
    hooked: bool = False
    """Whether a `pre_hook` runs on the table before delete+insert: it may delete rows of other keys too."""
    unique_key: tuple[str, ...] = ()
    """Columns by which delete+insert replaces rows."""
    fingerprint: str = ""

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.table}".lower()

    @property
    def has_table(self) -> bool:
        return self.materialized != "ephemeral"

    @property
    def is_incremental(self) -> bool:
        """Whether what stands in its table depends on what stood there before."""
        return self.kind == "snapshot" or self.materialized not in ("", "table", "view", "ephemeral", "seed")


class LineageExposure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    label: str = ""
    kind: str = ""
    owner: str = ""
    url: str = ""
    parents: tuple[str, ...] = ()


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    nodes: dict[str, LineageNode]
    tests: dict[str, LineageTest] = {}
    exposures: tuple[LineageExposure, ...] = ()

    def of_relation(self, relation: str) -> LineageNode | None:
        """By `schema.table`, whatever letters it is written in; an ephemeral model has none."""
        wanted = relation.lower()
        return next((n for n in self.nodes.values() if n.relation == wanted and n.has_table), None)

    def upstream(self, uids: Iterable[str]) -> dict[str, int]:
        """Those and all they are made from, nearest first, each with its distance."""
        return _walk(uids, {uid: node.parents for uid, node in self.nodes.items()})

    def downstream(self, uids: Iterable[str]) -> dict[str, int]:
        """Those and all that is made from them."""
        children: dict[str, list[str]] = defaultdict(list)
        for uid, node in self.nodes.items():
            for parent in node.parents:
                children[parent].append(uid)
        return _walk(uids, children)

    def tests_of(self, uid: str) -> tuple[LineageTest, ...]:
        return tuple(test for test in self.tests.values() if uid in test.about)

    def encode(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")

    @staticmethod
    def decode(content: bytes) -> Lineage:
        """Raises msgspec.DecodeError."""
        return msgspec.json.decode(content, type=Lineage)


def _walk(starts: Iterable[str], edges: Mapping[str, Iterable[str]]) -> dict[str, int]:
    found = {uid: 0 for uid in starts if uid in edges}
    waiting = list(found)
    while waiting:
        uid = waiting.pop(0)
        for other in edges.get(uid, ()):
            if other not in found:
                found[other] = found[uid] + 1
                waiting.append(other)
    return found


class _Depends(msgspec.Struct):
    nodes: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()


class _Column(msgspec.Struct):
    name: str
    description: str = ""


class _After(msgspec.Struct):
    count: int | None = None
    period: str | None = None

    def hours(self) -> float | None:
        return None if self.count is None or self.period is None else self.count * _HOURS[self.period]


class _Freshness(msgspec.Struct):
    warn_after: _After | None = None
    error_after: _After | None = None


class _TestMetadata(msgspec.Struct):
    name: str
    kwargs: dict[str, Any] = {}


class _Node(msgspec.Struct):
    name: str
    resource_type: str
    schema: str | None = None
    database: str | None = None
    alias: str | None = None
    identifier: str | None = None
    source_name: str = ""
    description: str = ""
    original_file_path: str = ""
    raw_code: str = ""
    checksum: Any = None
    unrendered_config: dict[str, Any] | None = None
    config: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    source_meta: dict[str, Any] = {}
    columns: dict[str, _Column] = {}
    depends_on: _Depends = msgspec.field(default_factory=_Depends)
    attached_node: str | None = None
    column_name: str | None = None
    test_metadata: _TestMetadata | None = None
    primary_key: tuple[str, ...] = ()
    freshness: _Freshness | None = None
    loaded_at_field: str | None = None
    group: str | None = None
    # exposures
    label: str | None = None
    type: str = ""
    url: str | None = None
    owner: dict[str, Any] = {}


class _Macro(msgspec.Struct):
    macro_sql: str = ""
    depends_on: _Depends = msgspec.field(default_factory=_Depends)


class _Manifest(msgspec.Struct):
    nodes: dict[str, _Node]
    sources: dict[str, _Node] = {}
    exposures: dict[str, _Node] = {}
    unit_tests: dict[str, _Node] = {}
    macros: dict[str, _Macro] = {}
    groups: dict[str, _Node] = {}


def read_lineage(
    content: bytes, variables: Mapping[str, object] | None = None, name: str = "manifest.json"
) -> Lineage:
    """`variables` are those of `dbt_project.yml`. Raises UsageError, with `name`, for what is no manifest."""
    try:
        manifest = msgspec.json.decode(content, type=_Manifest)
    except msgspec.MsgspecError as e:
        raise UsageError(f"{name} is no manifest of dbt: {e}") from e
    marks = _Fingerprints(manifest.macros, variables or {})
    owners = {group.name: _owner(group.owner) for group in manifest.groups.values()}
    nodes = {
        uid: _table(uid, node, marks, owners)
        for uid, node in manifest.nodes.items()
        if node.resource_type in _TABLES
    }
    nodes |= {uid: _source(uid, node, owners) for uid, node in manifest.sources.items()}
    tests = {
        uid: _test(uid, node, nodes)
        for uid, node in (*manifest.nodes.items(), *manifest.unit_tests.items())
        if node.resource_type in ("test", "unit_test")
    }
    exposures = tuple(
        LineageExposure(
            name=one.name,
            label=one.label or one.name,
            kind=one.type,
            owner=_owner(one.owner),
            url=one.url or "",
            parents=one.depends_on.nodes,
        )
        for one in manifest.exposures.values()
    )
    return Lineage(nodes=nodes, tests=tests, exposures=exposures)


def _table(uid: str, node: _Node, marks: _Fingerprints, owners: Mapping[str, str]) -> LineageNode:
    unique = node.config.get("unique_key")
    listed = tuple(unique) if isinstance(unique, list) else (unique,) if isinstance(unique, str) else ()
    strategy = _strategy(node.config, listed)
    return LineageNode(
        uid=uid,
        kind=node.resource_type,
        name=node.name,
        schema=node.schema or "",
        table=node.alias or node.name,
        database=node.database or "",
        description=node.description.strip(),
        file=node.original_file_path,
        materialized=str(node.config.get("materialized") or ""),
        parents=node.depends_on.nodes,
        columns={one.name: one.description.strip() for one in node.columns.values()},
        owner=_owner_of(node, owners),
        key=node.primary_key or listed,
        event_time=str(node.config.get("event_time") or ""),
        strategy=strategy,
        hooked=bool(strategy and node.config.get(_BEFORE)),
        unique_key=listed if strategy == _REPLACES else (),
        fingerprint=marks.of(node),
    )


def _strategy(config: Mapping[str, Any], key: tuple[str, ...]) -> str:
    """By dbt's rules for models without one: rows are replaced where a key names them, else added."""
    if config.get("materialized") != "incremental" or any(config.get(name) for name in _HAVE_A_SAY):
        return ""
    named = config.get("incremental_strategy") or (_REPLACES if key else _ADDS)
    if (named == _ADDS and not config.get(_BEFORE)) or (
        named == _REPLACES and key and all(map(str.isidentifier, key))
    ):
        return str(named)
    return ""


def _source(uid: str, node: _Node, owners: Mapping[str, str]) -> LineageNode:
    freshness = node.freshness or _Freshness()
    return LineageNode(
        uid=uid,
        kind="source",
        name=f"{node.source_name}.{node.name}",
        schema=node.schema or "",
        table=node.identifier or node.name,
        database=node.database or "",
        description=node.description.strip(),
        file=node.original_file_path,
        columns={one.name: one.description.strip() for one in node.columns.values()},
        owner=_owner_of(node, owners),
        event_time=str(node.config.get("event_time") or ""),
        loaded_at=node.loaded_at_field or "",
        warn_after_hours=freshness.warn_after.hours() if freshness.warn_after else None,
        error_after_hours=freshness.error_after.hours() if freshness.error_after else None,
    )


def _owner_of(node: _Node, owners: Mapping[str, str]) -> str:
    for meta in (node.config.get("meta"), node.meta, node.source_meta):
        if isinstance(meta, dict) and meta.get("owner"):
            return _owner(meta["owner"])
    return owners.get(node.group or "", "")


def _owner(said: object) -> str:
    """A name, else an address; dbt takes a text, or both by name."""
    if isinstance(said, dict):
        return str(said.get("name") or said.get("email") or "")
    return str(said)


def _test(uid: str, node: _Node, nodes: Mapping[str, LineageNode]) -> LineageTest:
    metadata = node.test_metadata
    unit = node.resource_type == "unit_test"
    about = (node.attached_node,) if node.attached_node else node.depends_on.nodes
    column = node.column_name or (metadata.kwargs.get("column_name") if metadata else None)
    return LineageTest(
        uid=uid,
        name=node.name,
        kind="unit" if unit else metadata.name if metadata else "singular",
        column=column if isinstance(column, str) else None,
        severity=str(node.config.get("severity") or "error").lower(),
        file=node.original_file_path,
        about=tuple(one for one in about if one in nodes),
    )


class _Fingerprints:
    def __init__(self, macros: Mapping[str, _Macro], variables: Mapping[str, object]) -> None:
        self._macros = macros
        self._variables = variables

    def of(self, node: _Node) -> str:
        texts = [node.raw_code, *self._called(node.depends_on.macros)]
        read = sorted({name for text in texts for name in _VARIABLE.findall(text)})
        said = {
            "texts": texts,
            # A seed has no code; its rows are its checksum.
            "checksum": None if node.raw_code else node.checksum,
            "config": {
                name: value for name, value in (node.unrendered_config or {}).items() if name not in _ABOUT
            },
            "variables": {name: self._variables.get(name) for name in read},
        }
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()[:16]

    def _called(self, names: Iterable[str]) -> list[str]:
        found: dict[str, str] = {}
        waiting = sorted(names)
        while waiting:
            name = waiting.pop()
            macro = self._macros.get(name)
            # dbt's own macros change with its version, and a new version is no change of the model.
            if macro is not None and name not in found and not name.startswith("macro.dbt"):
                found[name] = macro.macro_sql
                waiting += macro.depends_on.macros
        return [found[name] for name in sorted(found)]
