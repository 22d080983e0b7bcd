"""Which activations are watched for plans that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.known_reviews import READ_EVERY, KnownReviews
from mainstem.orchestrate.alerts import ExpectedReview

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
USAGE = """source: { model: account_360 }
destination: chat
object: message
match: { column: account_id }
as_of: { column: day }
fields: [{ column: users, to: text }]
"""


def test_activations_that_ask_a_person_are_watched_and_files_are_read_anew_now_and_then(
    tmp_path: Path,
) -> None:
    (tmp_path / "mainstem.toml").write_text('[destinations.chat]\ntype = "chat"\nurl = "env:NOBODY_HAS_IT"\n')
    (tmp_path / "activations").mkdir()
    file = tmp_path / "activations" / "usage.yml"
    file.write_text(USAGE)
    (tmp_path / "activations" / "hot.yml").write_text(USAGE + "approval: person\nreview_within: 90m\n")
    known = KnownReviews(tmp_path)
    hot = ExpectedReview("hot", "activate_hot", timedelta(days=1), timedelta(minutes=90))
    assert known.at(NOW) == (hot,)
    file.write_text(USAGE + "approval: person\n")
    assert known.at(NOW + READ_EVERY / 2) == (hot,)
    both = (hot, ExpectedReview("usage", "activate_usage", timedelta(days=1)))
    assert known.at(NOW + READ_EVERY) == both
    file.write_text("nothing: of use\n")
    assert known.at(NOW + 2 * READ_EVERY) == both
