"""Which tables are compared row by row, and what stands in the place of each at every step. Pure.

A question's tables are followed up to what their rows come from: through models whose SQL makes the whole
table, which are put in as that SQL; through models that a build adds to, which are put in as what that build
did to them; up to sources, and to models of which neither is known, whose rows are compared as they stand.
Those are the frontier. Nothing behind which nothing happened is followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from mainstem.artifacts import Lineage, Outcomes
from mainstem.query.changes.parts import Cause
from mainstem.warehouse.moments import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.artifacts import LineageNode

STEPS = (Cause.REMOVED, Cause.CHANGED, Cause.LATE, Cause.UNDATED, Cause.MIXED, Cause.NEW)
"""Of rows, in order; before the first all is as it was then, after the last as it is now."""
MOST_MODELS = 150
"""That are put in as SQL; behind more of them tables are compared as they stand. The 101 behind the company's
ARR take 8 s, of a core and for all states together."""
_GONE = "mainstem_gone"
"""A schema that no model is in."""
_DATABASE = r'(?:(?:"[^"]+"|\b[A-Za-z_]\w*)\s*\.\s*)?'


class Version(msgspec.Struct, frozen=True):
    """Of the project's models, as a build made them."""

    lineage: Lineage
    outcomes: Outcomes


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    frontier: tuple[str, ...]
    """Relations that are compared row by row."""
    old_sql: dict[str, str]
    """Relation → SQL of the first moment, sources first."""
    new_sql: dict[str, str]
    changed: tuple[str, ...]
    """Names of models behind the question whose SQL changed."""
    still: tuple[str, ...] = ()
    """Relations behind which nothing happened: what differs in them all the same is not explained."""
    uncertain: frozenset[str] = frozenset()
    """Of the frontier, those that a changed model stands behind: rows and SQL cannot be told apart there."""
    stopped: frozenset[str] = frozenset()
    """Of the frontier, those that could be followed if there was one build alone between the moments."""
    gone: dict[str, tuple[str, str]] = {}
    """What models read that hooks delete from: a relation → the model's own, and the keys of which rows were
    there and none are, without any that the build made."""
    notes: tuple[str, ...] = ()


class Between(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the time between the moments."""

    has_moved: Callable[[str], bool]
    """Whether rows of a relation differ."""
    name: Callable[[Moment, str], str | None]
    """SQL that names a relation as it was at a moment; None where it was not."""
    is_there: Callable[[str], bool]
    """Whether a relation was a table at one of the moments."""
    one_build: bool = False
    """Whether the build of the second moment is the only one since the first."""


def plan_of(relations: Iterable[str], then: Version | None, now: Version | None, between: Between) -> Plan:
    """Without one of the versions every table is compared as it stands."""
    read = tuple(sorted(set(relations)))
    if then is None or now is None:
        note = "What made the tables at one of the moments is not kept: rows of the tables are compared."
        return Plan(frontier=read, old_sql={}, new_sql={}, changed=(), notes=(note,))
    return _Planning(then, now, between).plan(read)


class _Planning:
    def __init__(self, then: Version, now: Version, between: Between) -> None:
        self._then = then
        self._now = now
        self._between = between
        self._frontier: dict[str, None] = {}
        self._still: dict[str, None] = {}
        self._old: dict[str, str] = {}
        self._new: dict[str, str] = {}
        self._seen: set[str] = set()
        self._changed: set[str] = set()
        self._moving: dict[str, bool] = {}
        self._stopped: set[str] = set()
        self._gone: dict[str, tuple[str, str]] = {}

    def plan(self, read: tuple[str, ...]) -> Plan:
        lineage = self._now.lineage
        behind = lineage.upstream([n.uid for r in read if (n := lineage.of_relation(r)) is not None])
        self._changed = {uid for uid in behind if self._has_changed(uid)}
        notes = []
        tables = [uid for uid in behind if lineage.nodes[uid].kind == "model" and self._moves(uid)]
        if len(tables) > MOST_MODELS:
            behind_it = f"{len(tables)} models of which something changed stand behind it"
            notes.append(f"{behind_it}: rows of the tables themselves are compared.")
            self._frontier = dict.fromkeys(read)
        else:
            for relation in read:
                self._follow(relation)
        uncertain = frozenset(r for r in self._frontier if self._stands_on(r, self._changed))
        return Plan(
            frontier=tuple(self._frontier),
            old_sql=self._old,
            new_sql=self._new,
            changed=tuple(sorted(lineage.nodes[uid].name for uid in self._changed)),
            still=tuple(self._still),
            uncertain=uncertain,
            stopped=frozenset(self._stopped),
            gone=self._gone,
            notes=tuple(notes),
        )

    def _follow(self, relation: str) -> None:
        if relation in self._seen:
            return
        self._seen.add(relation)
        old, new = self._then.lineage.of_relation(relation), self._now.lineage.of_relation(relation)
        moves = self._moves(new.uid) if new is not None else self._between.has_moved(relation)
        if not moves and self._between.name("then", relation) is not None:
            self._still[relation] = None
            return
        sql = self._put_in(relation, old, new)
        if old is None or new is None or sql is None:
            # A source that was never loaded has no table, and nothing that was built read one.
            if new is None or new.kind != "source" or self._between.is_there(relation):
                self._frontier[relation] = None
            return
        for version, node in ((self._then, old), (self._now, new)):
            for parent in _tables_behind(version.lineage, node):
                self._follow(parent)
        self._old[relation], self._new[relation] = sql

    def _put_in(
        self, relation: str, old: LineageNode | None, new: LineageNode | None
    ) -> tuple[str, str] | None:
        """SQL of all rows of a model, at the first moment and at the second."""
        whole = (_whole_sql(self._then, old), _whole_sql(self._now, new))
        if whole[0] is not None and whole[1] is not None:
            return whole[0], whole[1]
        if new is None or old is None or old.fingerprint != new.fingerprint:
            return None
        built = _built_sql(self._now, new)
        then, now = self._between.name("then", relation), self._between.name("now", relation)
        if built is None or then is None or now is None:
            return None
        if not self._between.one_build:
            self._stopped.add(relation)
            return None
        gone = ""
        if new.hooked:
            names = ", ".join(map(_quoted, new.unique_key))
            gone = f"{_GONE}.{new.schema}_{new.table}".lower()
            self._gone[gone] = relation, f"SELECT {names} FROM {then} EXCEPT SELECT {names} FROM {now}"
        again = added_to(new, then, built, gone)
        return again, again

    def _moves(self, uid: str) -> bool:
        """Whether anything behind a node changed: a row of a source, or a model."""
        if uid not in self._moving:
            node = self._now.lineage.nodes.get(uid)
            if node is None:
                return False
            self._moving[uid] = (
                uid in self._changed
                or (node.kind != "model" and node.has_table and self._between.has_moved(node.relation))
                or any(self._moves(parent) for parent in node.parents)
            )
        return self._moving[uid]

    def _has_changed(self, uid: str) -> bool:
        new, old = self._now.lineage.nodes[uid], self._then.lineage.nodes.get(uid)
        return new.kind != "source" and (old is None or old.fingerprint != new.fingerprint)

    def _stands_on(self, relation: str, changed: set[str]) -> bool:
        node = self._now.lineage.of_relation(relation)
        return node is not None and bool(changed & self._now.lineage.upstream([node.uid]).keys())


def _whole_sql(version: Version, node: LineageNode | None) -> str | None:
    """SQL that makes all of a model's rows; None where there is none."""
    if node is None or node.kind != "model":
        return None
    outcome = version.outcomes.nodes.get(node.uid)
    if outcome is None or not outcome.sql or (node.is_incremental and not outcome.full):
        return None
    return outcome.sql if node.materialized in ("table", "view", "incremental") else None


def _built_sql(version: Version, node: LineageNode) -> str | None:
    """SQL of the rows that the last build added to a model, or replaced in it."""
    outcome = version.outcomes.nodes.get(node.uid)
    if not node.strategy or outcome is None or outcome.failed or outcome.full:
        return None
    return outcome.sql or None


def added_to(node: LineageNode, held: str, sql: str, gone: str = "") -> str:
    """What a build makes of an incremental model: `held` names its table before, `sql` is what it came with,
    which may read that table as well; rows of the keys in `gone` go without others in their place."""
    made = _reading(sql, node, held)
    if not node.unique_key:
        return f"SELECT * FROM {held} UNION ALL BY NAME ({made})"
    names = [_quoted(name) for name in node.unique_key]
    same = " AND ".join(f"made.{name} = held.{name}" for name in names)
    kept = f"NOT EXISTS (SELECT 1 FROM made WHERE {same})"
    if gone:
        left = " AND ".join(f"gone.{name} IS NOT DISTINCT FROM held.{name}" for name in names)
        kept += f" AND NOT EXISTS (SELECT 1 FROM {gone} AS gone WHERE {left})"
    return (
        f"WITH made AS MATERIALIZED ({made}) "
        f"SELECT held.* FROM {held} AS held WHERE {kept} "
        "UNION ALL BY NAME SELECT * FROM made"
    )


def _reading(sql: str, node: LineageNode, held: str) -> str:
    """The same SQL where it reads its own table from `held`."""
    parts = [rf'(?:"{re.escape(part)}"|\b{re.escape(part)}\b)' for part in (node.schema, node.table)]
    own = r"\s*\.\s*".join(parts)
    return re.sub(_DATABASE + own, lambda _: held, sql, flags=re.IGNORECASE)


def _tables_behind(lineage: Lineage, node: LineageNode) -> Iterable[str]:
    """What its compiled SQL reads: an ephemeral model is part of that SQL already."""
    for uid in node.parents:
        parent = lineage.nodes.get(uid)
        if parent is None:
            continue
        if parent.has_table:
            yield parent.relation
        else:
            yield from _tables_behind(lineage, parent)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One table of the frontier: its rows at both moments, and how they are told apart."""

    then: str
    """SQL that names it."""
    now: str
    key: tuple[str, ...] = ()
    """None: rows have no identity, and one that changed cannot be known again."""
    is_new: str | None = None
    """Condition of rows of what happened after the first moment; None where nothing says when."""
    is_late: str | None = None
    cause: Cause | None = None
    """Of all its rows but new ones: None where each row tells its own."""
    all_at_once: bool = False
    """Not even new rows can be told from others."""
    came: str | None = None
    """SELECT of the rows that came, where nothing else happened to the table."""
    coming: frozenset[Cause] = frozenset()
    """Which kinds of row are among those."""

    def at(self, step: Cause) -> str:
        """The rows once everything up to and including `step` has happened."""
        reached = STEPS.index(step)
        if self.cause is Cause.MODEL:
            return self._all(self.then)
        if self.all_at_once:
            return self._all(self.now if reached >= STEPS.index(Cause.MIXED) else self.then)
        if self.came is not None and self.cause is None:
            return self._with_come(reached)
        if reached >= STEPS.index(Cause.NEW):
            return self._all(self.now)
        cause = self.cause if self.key else Cause.MIXED
        if cause is not None:
            return self._old() if reached >= STEPS.index(cause) else self._all(self.then)
        if step is Cause.REMOVED:
            return f"SELECT t.* FROM {self.then} AS t WHERE {self._stands_in('t', self.now)}"
        stood = self._stands_in("n", self.then)
        come = {
            Cause.CHANGED: "FALSE",
            Cause.LATE: self.is_late or "FALSE",
            Cause.UNDATED: self._not_new(),
            Cause.MIXED: self._not_new(),
        }[step]
        return f"SELECT n.* FROM {self.now} AS n WHERE {stood} OR coalesce({come}, FALSE)"

    def _with_come(self, reached: int) -> str:
        """The table as it was and those of its new rows that have come by now."""
        let = [cause for cause in STEPS[: reached + 1] if cause in self.coming]
        if not let:
            return self._all(self.then)
        if len(let) == len(self.coming):
            return self._all(self.now)
        kinds = {Cause.NEW: self.is_new, Cause.LATE: self.is_late, Cause.UNDATED: self.is_undated}
        some = " OR ".join(f"coalesce({kinds[cause]}, FALSE)" for cause in let)
        return f"SELECT * FROM {self.then} UNION ALL BY NAME SELECT n.* FROM ({self.came}) AS n WHERE {some}"

    @property
    def is_undated(self) -> str:
        dated = [one for one in (self.is_new, self.is_late) if one]
        return f"NOT coalesce({' OR '.join(dated)}, FALSE)" if dated else "TRUE"

    def rows(self, what: str, columns: Iterable[str]) -> str:
        """Those `added`, `removed`, `changed` (as they are now) or `before` (the changed ones as they were).

        A row has changed when one of `columns` has. Only with a key."""
        if what == "removed":
            return f"SELECT t.* FROM {self.then} AS t WHERE NOT {self._stands_in('t', self.now)}"
        if what == "added":
            return f"SELECT n.* FROM {self.now} AS n WHERE NOT {self._stands_in('n', self.then)}"
        mine, other = (self.now, self.then) if what == "changed" else (self.then, self.now)
        names = " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in columns) or "FALSE"
        same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM n.{name}" for name in self.key)
        twin = f"SELECT 1 FROM {other} AS o WHERE {same} AND ({names})"
        return f"SELECT n.* FROM {mine} AS n WHERE EXISTS ({twin})"

    def _old(self) -> str:
        """As it is now, but for rows of what happened since."""
        return f"SELECT n.* FROM {self.now} AS n WHERE {self._not_new()}"

    def _not_new(self) -> str:
        return f"NOT coalesce({self.is_new}, FALSE)" if self.is_new else "TRUE"

    def _all(self, table: str) -> str:
        return f"SELECT * FROM {table}"

    def _stands_in(self, alias: str, other: str) -> str:
        same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM {alias}.{name}" for name in self.key)
        return f"EXISTS (SELECT 1 FROM {other} AS o WHERE {same})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
