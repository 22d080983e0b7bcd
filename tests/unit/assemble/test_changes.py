"""Why a number changed is worked out once for the same question, moments and rights."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from mainstem.assemble.changes import ProjectChanges
from mainstem.query.changes import Explanation
from mainstem.query.context import Asking
from mainstem.query.request import Request
from mainstem.web.truth.changes import Asked, Moment

AT = datetime(2026, 3, 2, tzinfo=UTC)
THEN, NOW = (Moment(str(n), n, AT, AT, n) for n in (1, 2))
ASKED = Asked(Request(model="m", explore="e", fields=("e.n",)), "board", "tile", {"region": "north"})


def unheard(step: str) -> None:
    """What is done next is of no matter here."""


class Changes(ProjectChanges):
    """Counts what is worked out."""

    def __init__(self) -> None:
        self.project: Any = SimpleNamespace()
        unused: Any = None
        super().__init__(unused, unused, unused, unused, lambda: self.project, ())
        self.worked_out = 0

    def _explained(self, *_: Any) -> Explanation:
        self.worked_out += 1
        return Explanation(labels={}, dimensions=(), numbers=())


def test_an_answer_is_kept_for_those_with_the_same_rights_and_for_nobody_else() -> None:
    changes = Changes()
    north, south = (Asking(user_attributes={"region": name}) for name in ("north", "south"))
    first = changes.explain(north, ASKED, THEN, NOW, unheard)
    assert changes.explain(Asking(user_attributes={"region": "north"}), ASKED, THEN, NOW, unheard) is first
    assert changes.explain(south, ASKED, THEN, NOW, unheard) is not first
    plain = Asking(user_attributes={"region": "north"}, plain_attributes=frozenset({"region"}))
    assert changes.explain(plain, ASKED, THEN, NOW, unheard) is not first
    assert changes.explain(north, ASKED, NOW, THEN, unheard) is not first
    changes.project = SimpleNamespace()
    assert changes.explain(north, ASKED, THEN, NOW, unheard) is not first
