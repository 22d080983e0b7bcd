"""dbt's `manifest.json` → models with their columns and tests, as frozen values. Nothing here runs dbt."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mainstem.errors import UsageError

_BUILT = frozenset({"model", "snapshot", "seed"})
_REF = re.compile(r"ref\(\s*(?:['\"][^'\"]+['\"]\s*,\s*)?['\"]([^'\"]+)['\"]")


class DbtColumn(msgspec.Struct, frozen=True):
    name: str
    description: str = ""
    data_type: str | None = None
    """As the project says it; most do not."""


class DbtTest(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    """unique, not_null, relationships, accepted_values, …; `singular` for a test in SQL of its own."""
    column: str | None = None
    to: str | None = None
    """Of relationships: the model whose column `field` holds every value of this column."""
    field: str | None = None


class DbtModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model, seed or snapshot: what has a table."""

    name: str
    schema: str
    table: str
    description: str = ""
    columns: dict[str, DbtColumn] = {}
    tests: tuple[DbtTest, ...] = ()

    def is_unique(self, column: str) -> bool:
        return any(test.kind == "unique" and test.column == column for test in self.tests)

    @property
    def primary_key(self) -> str | None:
        """A column tested to be unique; one that is tested not to be NULL as well comes first."""
        unique = [test.column for test in self.tests if test.kind == "unique" and test.column]
        filled = {test.column for test in self.tests if test.kind == "not_null"}
        return next((one for one in unique if one in filled), unique[0] if unique else None)


class DbtProject(msgspec.Struct, frozen=True):
    models: dict[str, DbtModel]
    """By name."""

    def of_table(self, schema: str, table: str) -> DbtModel | None:
        """Whatever letters its name is written in."""
        wanted = (schema.lower(), table.lower())
        return next((m for m in self.models.values() if (m.schema.lower(), m.table.lower()) == wanted), None)


class _TestMetadata(msgspec.Struct):
    name: str
    kwargs: dict[str, Any] = {}


class _Column(msgspec.Struct):
    name: str
    description: str = ""
    data_type: str | None = None


class _DependsOn(msgspec.Struct):
    nodes: tuple[str, ...] = ()


class _Node(msgspec.Struct):
    name: str
    resource_type: str
    unique_id: str = ""
    schema: str | None = None
    alias: str | None = None
    description: str = ""
    columns: dict[str, _Column] = {}
    test_metadata: _TestMetadata | None = None
    attached_node: str | None = None
    column_name: str | None = None
    depends_on: _DependsOn = msgspec.field(default_factory=_DependsOn)


class _Manifest(msgspec.Struct):
    nodes: dict[str, _Node]


def read_manifest(content: bytes, name: str = "manifest.json") -> DbtProject:
    """Raises UsageError, with `name`, for what is no manifest of dbt."""
    try:
        manifest = msgspec.json.decode(content, type=_Manifest)
    except msgspec.MsgspecError as e:
        raise UsageError(f"{name} is no manifest of dbt: {e}") from e
    tests: dict[str, list[DbtTest]] = {}
    for node in manifest.nodes.values():
        if node.resource_type == "test":
            for tested in [node.attached_node] if node.attached_node else node.depends_on.nodes:
                tests.setdefault(tested, []).append(_test(node))
    models = {
        node.name: DbtModel(
            name=node.name,
            schema=node.schema or "",
            table=node.alias or node.name,
            description=node.description,
            columns={
                one.name: DbtColumn(one.name, one.description.strip(), one.data_type)
                for one in node.columns.values()
            },
            tests=tuple(tests.get(key, ())),
        )
        for key, node in manifest.nodes.items()
        if node.resource_type in _BUILT
    }
    return DbtProject(models)


def _test(node: _Node) -> DbtTest:
    metadata = node.test_metadata
    if metadata is None:
        return DbtTest(name=node.name, kind="singular")
    given = metadata.kwargs
    # dbt 1.10 takes what a test is given under `arguments` as well.
    given = {**given, **given.get("arguments", {})} if isinstance(given.get("arguments"), dict) else given
    to = _REF.search(str(given.get("to", "")))
    field = given.get("field")
    return DbtTest(
        name=node.name,
        kind=metadata.name,
        column=node.column_name or given.get("column_name"),
        to=to[1] if to else None,
        field=field if isinstance(field, str) else None,
    )
