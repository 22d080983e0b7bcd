from __future__ import annotations

from pathlib import Path

import yaml

from mainstem.config import PostgresAddress, Secret
from mainstem.transform.profile import PASSWORD_VARIABLE, profile_environment, write_profile
from mainstem.warehouse.ducklake import LakeLocation

LOCATION = LakeLocation(
    catalog=PostgresAddress("db.example", 5432, "loader", "catalog", Secret("hunter2")),
    metadata_schema="lake",
    data_path="s3://bucket/lake/",
    extensions=Path("/data/extensions"),
)


def test_the_password_is_in_no_file_but_in_the_variable_the_file_names(tmp_path: Path) -> None:
    write_profile(tmp_path, LOCATION, "analytics")
    text = (tmp_path / "profiles.yml").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert PASSWORD_VARIABLE in text
    assert profile_environment(LOCATION) == {PASSWORD_VARIABLE: "hunter2"}


def test_only_this_user_can_read_the_profile_even_over_an_older_one(tmp_path: Path) -> None:
    (tmp_path / ".profiles.yml.new").touch(0o644)
    write_profile(tmp_path, LOCATION, "analytics")
    assert (tmp_path / "profiles.yml").stat().st_mode & 0o777 == 0o600


def test_dbt_gets_one_thread_the_lakes_retries_and_no_downloads(tmp_path: Path) -> None:
    write_profile(tmp_path, LOCATION, "analytics")
    output = yaml.safe_load((tmp_path / "profiles.yml").read_text(encoding="utf-8"))["mainstem"]["outputs"][
        "lake"
    ]
    assert output["threads"] == 1
    assert output["settings"]["ducklake_max_retry_count"] == 500
    assert output["config_options"]["autoinstall_known_extensions"] == "false"
    assert output["schema"] == "analytics"
