"""Labels Looker makes from names where none is written."""

from __future__ import annotations


def label_of(name: str) -> str:
    """`active_users` → `Active Users`."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)
