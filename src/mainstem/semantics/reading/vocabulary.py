"""Which parameters a construct has: read, or known and without effect on what a query returns.

Every parameter of Looker's reference is one of the two; any other name is a typing error.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    construct: str
    """For messages: `dimension`, `explore`."""
    read: frozenset[str]
    without_effect: frozenset[str] = frozenset()
    """Changes caching, suggestions or what Looker's own pages look like: accepted, and counted."""

    @property
    def all(self) -> frozenset[str]:
        return self.read | self.without_effect


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRESENTATION = words(
    "description view_label group_label group_item_label label label_from_parameter hidden value_format "
    "value_format_name html link drill_fields tags can_filter case_sensitive suggestable suggestions "
    "suggest_explore suggest_dimension required_fields required_access_grants"
)
"""What all fields have in common that says how they look or are offered."""

FIELD_WITHOUT_EFFECT = words(
    "action alias allow_approximate_optimization allow_fill bypass_suggest_restrictions "
    "default_value_format fanout_on full_suggestions map_layer_name skip_drill_filter suggest_persist_for "
    "synonyms"
)
