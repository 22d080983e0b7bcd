from __future__ import annotations

import pytest

from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.warehouse.ducklake import Bucket, WarehouseSettings

KEYS = {"s3_key_id": Secret("reader"), "s3_secret": Secret("it's")}


def of(path: str, **settings: object) -> Bucket:
    found = Bucket.of(WarehouseSettings(**settings), path)  # type: ignore[arg-type] # each of its own type
    assert found is not None
    return found


def test_a_folder_needs_no_way_to_a_bucket() -> None:
    assert Bucket.of(WarehouseSettings(), "/srv/lake/") is None


def test_amazon_is_asked_by_host_name_and_others_by_path() -> None:
    assert of("s3://b/p/").fields() == {
        "scope": "s3://b/p/", "region": "us-east-1", "url_style": "vhost", "use_ssl": "true",
    }  # fmt: skip
    own = of("s3://b/p/", s3_endpoint="http://127.0.0.1:9000").fields()
    assert (own["endpoint"], own["url_style"], own["use_ssl"]) == ("127.0.0.1:9000", "path", "false")


def test_keys_stand_in_the_statement_and_nowhere_else() -> None:
    bucket = of("s3://b/p/", **KEYS)
    assert "SECRET 'it''s'" in bucket.secret_sql()
    assert "it's" not in repr(bucket) + str(bucket.fields())


@pytest.mark.parametrize(
    ("path", "settings", "where"),
    [
        ("gs://b/", {}, "warehouse.data_path"),
        ("s3://b/", {"s3_key_id": Secret("reader")}, "warehouse.s3_key_id"),
        ("s3://b/", {"s3_endpoint": "storage.example.com"}, "warehouse.s3_endpoint"),
    ],
)
def test_what_leads_to_no_bucket_is_said_with_its_setting(
    path: str, settings: dict[str, object], where: str
) -> None:
    with pytest.raises(ConfigError, match=where):
        of(path, **settings)
