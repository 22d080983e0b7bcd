"""Labels where none is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics.labels import heading_of, label_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading


@pytest.mark.parametrize(("name", "label"), [("active_users", "Active Users"), ("_id", "Id"), ("iOS", "IOS")])
def test_a_name_is_shown_as_words(name: str, label: str) -> None:
    assert label_of(name) == label


def test_a_view_without_a_label_is_headed_by_its_name_in_the_explore(read: Callable[..., Reading]) -> None:
    model = read("""
        view: users { dimension: id { primary_key: yes } }
        view: orders { label: "Sales" dimension: buyer {} dimension: seller {} }
        explore: deals {
          from: orders
          join: buyer { from: users sql_on: ${deals.buyer} = ${buyer.id} ;; }
          join: the_seller { from: users sql_on: ${deals.seller} = ${the_seller.id} ;; }
          join: users { view_label: "Anybody" sql_on: ${deals.seller} = ${users.id} ;; }
        }
    """).project.models["shop"]
    explore = model.explores["deals"]
    headings = {
        alias: heading_of(explore, alias, model.views[view]) for alias, view in explore.views().items()
    }
    assert headings == {"deals": "Sales", "buyer": "Buyer", "the_seller": "The Seller", "users": "Anybody"}
