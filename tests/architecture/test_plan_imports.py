from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from mainstem.assemble.init import init_project

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plan_is_made_without_engine_or_driver(tmp_path: Path) -> None:
    """The runner looks at it all the time and is to stay small."""
    init_project(tmp_path / "shop", None)
    code = (
        "import sys, pathlib\n"
        "from mainstem.assemble.plan import make_plan\n"
        f"assert make_plan(pathlib.Path({str(tmp_path / 'shop')!r})).manifest.dags\n"
        "heavy = {'duckdb', 'dbt', 'pyarrow', 'psycopg', 'starlette'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
