from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import QueryError
from mainstem.query import Request
from mainstem.query.context import Context
from mainstem.query.resolve import resolve

if TYPE_CHECKING:
    from mainstem.semantics import Project

CONTEXT = Context(now=datetime(2024, 5, 17))  # noqa: DTZ001 -- naive UTC by contract
ERRORS: dict[str, dict[str, Any]] = {
    r"unknown model shp \(did you mean shop\?\); models are shop": {"model": "shp"},
    r"unknown explore ordrs \(did you mean orders\?\); explores of shop are orders, order": {
        "explore": "ordrs"
    },
    r"selects no field": {"fields": ()},
    r"unknown field orders.cuont \(did you mean orders.count\?\)": {"fields": ("orders.cuont",)},
    r"unknown view custmers in custmers.name \(did you mean customers\?\)": {"fields": ("custmers.name",)},
    r"count names no view; write view.field \(did you mean orders.count\?\)": {"fields": ("count",)},
    r"created is a dimension_group; its dimensions are orders.created_raw": {"fields": ("orders.created",)},
    r"unknown field orders.stats \(did you mean orders.status\?\)": {"filters": {"orders.stats": "x"}},
    r"pivot orders.id is not among the selected dimensions": {"pivots": ("orders.id",)},
    r"sort by orders.id is not possible: it is not selected": {"sorts": ("orders.id",)},
    r"sort 'orders.count up' is not understood": {"sorts": ("orders.count up",)},
    r"limit is 0; valid are whole numbers from 1, and -1": {"limit": 0},
}


@pytest.mark.parametrize("message", ERRORS)
def test_a_name_that_means_nothing_is_an_error_that_helps(shop: Project, message: str) -> None:
    asked = {"model": "shop", "explore": "orders", "fields": ("orders.status", "orders.count")}
    with pytest.raises(QueryError, match=message):
        resolve(shop, Request(**(asked | ERRORS[message])), CONTEXT)


def test_a_field_asked_for_twice_is_selected_once(shop: Project) -> None:
    asked = Request(model="shop", explore="orders", fields=("orders.count", "orders.status", "orders.count"))
    resolved = resolve(shop, asked, CONTEXT)
    assert [use.name for use in (*resolved.dimensions, *resolved.measures)] == [
        "orders.status",
        "orders.count",
    ]


def test_the_limit_is_500_unless_told_otherwise(shop: Project) -> None:
    limits = {
        limit: resolve(
            shop, Request(model="shop", explore="orders", fields=("orders.count",), limit=limit), CONTEXT
        ).limit
        for limit in (None, 7, -1)
    }
    assert limits == {None: 500, 7: 7, -1: None}
