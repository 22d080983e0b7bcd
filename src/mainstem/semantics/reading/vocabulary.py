"""Which parameters a construct has: read, without effect yet, or not supported yet.

Every parameter of Looker's reference belongs to one of the three; any other name is a typing error.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_EFFECT = "has no effect yet"


@dataclass(frozen=True)
class Vocabulary:
    construct: str
    """For messages: `a dimension`, `an explore`."""
    read: frozenset[str]
    without_effect: frozenset[str] = frozenset()
    """Changes how something looks or is cached, never a number: passed over with a warning."""
    unsupported: frozenset[str] = frozenset()
    """Would change what comes back, so the construct cannot stand without it."""

    @property
    def all(self) -> frozenset[str]:
        return self.read | self.without_effect | self.unsupported


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRESENTATION = words(
    "alias bypass_suggest_restrictions can_filter case_sensitive fanout_on group_item_label html link "
    "order_by_field required_fields suggest_dimension suggest_explore suggest_persist_for suggestable "
    "suggestions tags view_label action label_from_parameter skip_drill_filter style allow_fill"
)
"""What fields have in common that says how they look or are suggested."""
