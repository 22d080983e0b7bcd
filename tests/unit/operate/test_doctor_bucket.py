from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mainstem.operate.doctor.bucket import check_bucket
from mainstem.warehouse.ducklake import write_and_read

if TYPE_CHECKING:
    from mainstem.warehouse.ducklake import LakeLocation


def test_a_bucket_that_is_written_and_read_is_good(bucket_location: LakeLocation) -> None:
    bucket = bucket_location.bucket
    assert bucket is not None
    [found] = check_bucket(bucket.scope, lambda: write_and_read(bucket, bucket_location.extensions))
    assert found.result == "ok"


def test_a_bucket_that_is_not_there_is_told_with_what_to_look_at(bucket_location: LakeLocation) -> None:
    assert bucket_location.bucket is not None
    missing = replace(bucket_location.bucket, scope="s3://no-such-bucket/p/")
    [found] = check_bucket(missing.scope, lambda: write_and_read(missing, bucket_location.extensions))
    assert found.result == "fail"
    assert "s3://no-such-bucket/p/" in found.found
    assert "warehouse.data_path" in (found.mend or "")
