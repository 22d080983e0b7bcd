"""What uses an event: dbt models that read its table, and explores over the table or over these models.

Told from dbt's `manifest.json` and from LookML. A column counts as used by a model that reads the table and
whose SQL, or that of a model built on it, holds the column's name: rather once too often than not at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.semantics.model import Model, View
    from mainstem.semantics.project import Project

_PART = r'(?:"[^"]+"|[A-Za-z_]\w*)'
_NAME = re.compile(rf"{_PART}(?:\s*\.\s*{_PART})+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_BUILT = frozenset({"model", "snapshot"})


class _DependsOn(msgspec.Struct, frozen=True):
    nodes: tuple[str, ...] = ()


class _Node(msgspec.Struct, frozen=True):
    name: str
    resource_type: str
    schema: str = ""
    alias: str = ""
    raw_code: str = ""
    compiled_code: str | None = None
    depends_on: _DependsOn = _DependsOn()


class _Source(msgspec.Struct, frozen=True):
    schema: str
    name: str
    identifier: str = ""


class DbtManifest(msgspec.Struct, frozen=True):
    """What is needed of it."""

    nodes: dict[str, _Node]
    sources: dict[str, _Source] = {}


def read_dbt_manifest(content: bytes) -> DbtManifest:
    """Raises msgspec.MsgspecError."""
    return msgspec.json.decode(content, type=DbtManifest)


class Usage:
    """What reads which table. Built once for a refresh."""

    def __init__(self, manifest: DbtManifest | None, lookml: Project | None) -> None:
        """Without a manifest it is not known that something is not used."""
        self.is_known = manifest is not None
        self._tables: dict[str, set[str]] = defaultdict(set)
        self._words: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        """By table: who reads it, with every word of what is said of it."""
        relations = self._of_dbt(manifest) if manifest is not None else {}
        for model in lookml.models.values() if lookml is not None else ():
            self._of_lookml(model, relations)

    def of_event(self, key: str) -> tuple[str, ...] | None:
        """Who reads the table `namespace.table`; None where it is not known."""
        found = tuple(sorted(self._tables.get(key, ())))
        return found if found or self.is_known else None

    def of_column(self, key: str, column: str) -> tuple[str, ...] | None:
        name = column.lower()
        found = tuple(sorted({who for who, words in self._words.get(key, ()) if name in words}))
        return found if found or self.is_known else None

    def _of_dbt(self, manifest: DbtManifest) -> Mapping[str, set[str]]:
        """Relation of each model → tables of events it is built on, directly or not."""
        reads = {uid: set(_tables_read(node, manifest)) for uid, node in manifest.nodes.items()}
        children: dict[str, list[str]] = defaultdict(list)
        for uid, node in manifest.nodes.items():
            for parent in node.depends_on.nodes:
                children[parent].append(uid)
        built_on: dict[str, set[str]] = defaultdict(set)
        for uid, node in manifest.nodes.items():
            if node.resource_type not in _BUILT or not reads[uid]:
                continue
            below = _below(uid, children)
            words = frozenset().union(
                *(_words(_code(manifest.nodes[one])) for one in below if one in manifest.nodes)
            )
            for table in reads[uid]:
                self._tables[table].add(f"model {node.name}")
                self._words[table].append((f"model {node.name}", words))
                for one in below:
                    if one in manifest.nodes:
                        built_on[_relation(manifest.nodes[one])].add(table)
        return built_on

    def _of_lookml(self, model: Model, relations: Mapping[str, set[str]]) -> None:
        for explore in model.explores.values():
            if explore.hidden:
                continue
            who = f"explore {model.name}.{explore.name}"
            for name in explore.views().values():
                view = model.views.get(name)
                for relation in _view_reads(view) if view is not None else ():
                    for table in {relation, *relations.get(relation, ())}:
                        self._tables[table].add(who)
                    if view is not None:
                        self._words[relation].append((who, _view_words(view)))


def _tables_read(node: _Node, manifest: DbtManifest) -> Iterator[str]:
    for parent in node.depends_on.nodes:
        source = manifest.sources.get(parent)
        if source is not None:
            yield f"{source.schema}.{source.identifier or source.name}"
    own = {_relation(one) for one in manifest.nodes.values()}
    yield from (relation for relation in _relations(_code(node)) if relation not in own)


def _below(uid: str, children: Mapping[str, list[str]]) -> set[str]:
    """A node and everything that is built on it."""
    found, waiting = {uid}, [uid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _relation(node: _Node) -> str:
    return f"{node.schema}.{node.alias or node.name}"


def _code(node: _Node) -> str:
    return node.compiled_code or node.raw_code


def _relations(sql: str) -> set[str]:
    """Everything that looks like `schema.table`; what is none names no event."""
    return set(map(_last_two, _NAME.findall(sql)))


def _last_two(name: str) -> str:
    """`lake."website".pages` → `website.pages`"""
    return ".".join(part.strip(' "`') for part in name.split(".")[-2:])


def _words(sql: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(sql))


def _view_reads(view: View) -> Iterable[str]:
    if view.sql_table_name:
        return {_last_two(view.sql_table_name)}
    return _relations(view.derived_sql or "")


def _view_words(view: View) -> frozenset[str]:
    texts = [field.sql or "" for field in view.fields]
    return _words(" ".join([*texts, view.derived_sql or ""]))
