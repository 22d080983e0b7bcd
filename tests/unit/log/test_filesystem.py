from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from mainstem.log.filesystem import LocalFileSystem

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 1 << 20


def is_cached(path: Path) -> bool:
    """Whether the kernel can give the middle of a file without asking the disk."""
    if not hasattr(os, "RWF_NOWAIT"):
        pytest.skip("nobody here says what is cached")
    with path.open("rb") as file:
        try:
            return os.preadv(file.fileno(), [bytearray(16)], SIZE // 2, os.RWF_NOWAIT) > 0
        except BlockingIOError:
            return False
        except OSError as e:
            if e.errno == errno.EOPNOTSUPP:
                pytest.skip("this file system does not say what is cached")
            raise


def test_a_file_that_was_filled_leaves_the_cache_when_it_is_closed_and_is_whole(tmp_path: Path) -> None:
    path, data = tmp_path / "filled", os.urandom(SIZE)
    path.write_bytes(data)
    if not is_cached(path):
        pytest.skip("nothing stays cached here")
    path.unlink()
    file = LocalFileSystem().create(path)
    file.pwrite(data, 0)
    file.sync()
    file.close()
    assert not is_cached(path)
    assert path.read_bytes() == data


def test_what_is_only_read_stays_cached(tmp_path: Path) -> None:
    path = tmp_path / "read"
    path.write_bytes(os.urandom(SIZE))
    if not is_cached(path):
        pytest.skip("nothing stays cached here")
    file = LocalFileSystem().open(path)
    file.pread(SIZE, 0)
    file.close()
    assert is_cached(path)
