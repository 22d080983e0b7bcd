"""Labels: those Looker makes from names where none is written, and what a view's fields stand under."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.semantics.model import Explore, View


def label_of(name: str) -> str:
    """`active_users` → `Active Users`."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)


def heading_of(explore: Explore, alias: str, view: View) -> str:
    """The join's or explore's `view_label`, else the view's own label; of a view that has none, its name in
    the explore, so that the same view joined twice has two headings."""
    given = explore.view_label if alias == explore.alias else explore.joins[alias].view_label
    if given or view.view_label:
        return given or view.view_label or ""
    return view.label if view.label != label_of(view.name) else label_of(alias)
