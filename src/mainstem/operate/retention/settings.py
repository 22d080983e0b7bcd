"""Settings of retention."""

from __future__ import annotations

from typing import Annotated

import msgspec


class RetentionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[retention]]` of `mainstem.toml`: rows that came longer ago are deleted; see [erasure](erasure.md).

    Where several rules are about a row, the shortest time counts. Tables that models made are left alone, for
    they are made of these; the table `users` is meant only where it is named, and so is the loader's
    quarantine, `mainstem.quarantine`.
    """

    keep_days: Annotated[float, msgspec.Meta(gt=0, le=36_500)]
    """Days since `received_at`."""
    tables: str = "*"
    """A table, or `schema.table`; `*` stands for any text."""
    source: str | None = None
    """Id of a source: only tables of its schema."""
    events: tuple[str, ...] = ()
    """Only rows of these events, by the name in the column `event`: `order_completed`."""
