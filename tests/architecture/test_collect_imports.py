from __future__ import annotations

import subprocess
import sys


def test_the_gateway_imports_no_warehouse_no_dbt_and_no_database_driver() -> None:
    code = (
        "import sys\n"
        "import mainstem.cli.collect, mainstem.assemble.collect\n"
        "heavy = {'duckdb', 'dbt', 'pyarrow', 'psycopg', 'psycopg2', 'sqlalchemy', 'jinja2', 'starlette'}\n"
        "found = sorted(heavy & {name.partition('.')[0] for name in sys.modules})\n"
        "stages = ('mainstem.warehouse', 'mainstem.store', 'mainstem.load')\n"
        "found += sorted(name for name in sys.modules if name.startswith(stages))\n"
        "assert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
