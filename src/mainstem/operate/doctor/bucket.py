"""Whether the lake's bucket takes an object and gives it back.

Counting rows answers from the catalog alone, so only a file written and read says anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "bucket"


def check_bucket(path: str, write_and_read: Callable[[], None]) -> Iterator[Finding]:
    """`write_and_read` raises OSError with the reason."""
    try:
        write_and_read()
    except OSError as e:
        mend = "see warehouse.data_path, s3_endpoint, s3_key_id and s3_secret, and what the key may do"
        yield fail(NAME, f"{path} cannot be written and read: {e}", mend)
    else:
        yield ok(NAME, f"{path} is written and read")
