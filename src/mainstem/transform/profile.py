"""dbt's `profiles.yml` for a lake: one target, one thread, extensions from disk, no password in the file.

The password goes into dbt through an environment variable whose prefix makes dbt strike its value out of
everything it logs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from mainstem.warehouse.ducklake.bucket import BUCKET_SECRET
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, RETRY_SETTINGS, SECRET_NAME, UNSIGNED
from mainstem.warehouse.ducklake.spill import spill_folder

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.warehouse.ducklake import LakeLocation

PROFILE = "mainstem"
TARGET = "lake"
PASSWORD_VARIABLE = "DBT_ENV_SECRET_MAINSTEM_CATALOG"  # noqa: S105 - the name of a variable, not a password
BUCKET_VARIABLE = "DBT_ENV_SECRET_MAINSTEM_BUCKET_"


def write_profile(folder: Path, location: LakeLocation, schema: str) -> None:
    """Write `folder`/profiles.yml, readable by this user alone."""
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(profile(location, schema), sort_keys=False)
    fresh = folder / ".profiles.yml.new"
    fresh.touch(0o600)
    fresh.chmod(0o600)  # it may be left from a run that was killed
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / "profiles.yml")


def profile(location: LakeLocation, schema: str) -> dict[str, Any]:
    """The content of profiles.yml as plain data."""
    output = {
        "type": "duckdb",
        "path": ":memory:",
        "database": CATALOG_NAME,
        "schema": schema,
        # With four, 5 of 13 builds failed and twice the catalog was damaged for good.
        "threads": 1,
        "extensions": list(location.needed_extensions),
        "config_options": {
            "extension_directory": str(location.extensions),
            "autoinstall_known_extensions": "false",
            UNSIGNED: "true",
            "memory_limit": location.memory_limit,
            "threads": location.threads,
            "temp_directory": str(spill_folder(location.extensions / "spill")),
        },
        "settings": {**RETRY_SETTINGS, "TimeZone": "UTC", UNSIGNED: "false"},
        "secrets": [_secret(location), *_bucket_secret(location)],
        "attach": [
            {
                "path": "ducklake:postgres:",
                "alias": CATALOG_NAME,
                "is_ducklake": True,
                "options": {
                    "meta_secret": SECRET_NAME,
                    "metadata_schema": location.metadata_schema,
                    "data_path": location.data_path,
                    "data_inlining_row_limit": 0,
                },
            }
        ],
    }
    return {PROFILE: {"target": TARGET, "outputs": {TARGET: output}}}


def profile_environment(location: LakeLocation) -> dict[str, str]:
    """Variables that dbt needs to read the profile. They hold the password and the keys: never log them."""
    password = location.catalog.password
    found = {} if password is None else {PASSWORD_VARIABLE: password.reveal()}
    keys = {} if location.bucket is None else location.bucket.secrets()
    return found | {BUCKET_VARIABLE + name.upper(): secret.reveal() for name, secret in keys.items()}


def _secret(location: LakeLocation) -> dict[str, str]:
    secret = {
        "type": "postgres",
        "name": SECRET_NAME,
        "host": location.catalog.host,
        "port": str(location.catalog.port),
        "database": location.catalog.database,
        "user": location.catalog.user,
    }
    if location.catalog.password is not None:
        secret["password"] = f"{{{{ env_var('{PASSWORD_VARIABLE}') }}}}"
    return secret


def _bucket_secret(location: LakeLocation) -> list[dict[str, str]]:
    """The way to the bucket; dbt writes it as one statement, in which every value is a text."""
    if location.bucket is None:
        return []
    keys = {
        name: f"{{{{ env_var('{BUCKET_VARIABLE}{name.upper()}') }}}}" for name in location.bucket.secrets()
    }
    return [{"type": "s3", "name": BUCKET_SECRET, **location.bucket.fields(), **keys}]
