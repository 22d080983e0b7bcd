from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.errors import UsageError
from mainstem.simulate.world import simulate_company, write_days

if TYPE_CHECKING:
    from pathlib import Path


def lines(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def test_three_outputs_go_to_three_places_and_nothing_is_left_out(tmp_path: Path) -> None:
    days = list(simulate_company(2, 1, 20))
    written = write_days(days, tmp_path / "company")
    folder = tmp_path / "company"
    assert written.events == sum(len(day.events) for day in days) == lines(folder / "events.ndjson")
    assert written.changes == sum(lines(path) for path in (folder / "changes").iterdir())
    assert written.truth == sum(lines(path) for path in (folder / "truth").iterdir())
    assert (folder / "changes" / "crm.leads.ndjson").exists()
    first = msgspec.json.decode((folder / "truth" / "persons.ndjson").read_bytes().splitlines()[0])
    assert first.keys() == {"person_id", "first_seen_at", "on_site"}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(UsageError, match="is not empty"):
        write_days(simulate_company(2, 1, 1), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
