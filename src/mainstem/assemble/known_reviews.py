"""Activations whose plans wait for a person, for who watches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.activate.files import activations_of
from mainstem.activate.tasks import planned_by
from mainstem.assemble.project import open_project
from mainstem.errors import MainstemError
from mainstem.orchestrate.alerts import ExpectedReview

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

READ_EVERY = timedelta(minutes=5)


@dataclass
class KnownReviews:
    """As the project in `folder` says, read anew now and then: activations come and go while one watches.
    While its files do not check, as they last did; that they do not is told of the manifest."""

    folder: Path
    _found: Sequence[ExpectedReview] = ()
    _read_at: datetime | None = field(default=None, init=False)

    def at(self, now: datetime) -> Sequence[ExpectedReview]:
        if self._read_at is None or now - self._read_at >= READ_EVERY:
            self._read_at = now
            try:
                self._found = expected_reviews(self.folder)
            except MainstemError:
                return self._found
        return self._found


def expected_reviews(folder: Path) -> tuple[ExpectedReview, ...]:
    """Raises ConfigError, ManifestError."""
    written = activations_of(open_project(folder).config)
    return tuple(
        ExpectedReview(
            one.name,
            planned_by(one.name),
            timedelta(seconds=one.plan_lifetime),
            timedelta(seconds=one.review_within) if one.review_within else None,
        )
        for one in written.values()
        if one.approval == "person"
    )
