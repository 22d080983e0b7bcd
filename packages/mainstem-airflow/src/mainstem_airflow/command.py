"""The command `mainstem-airflow`: what one does with a manifest beside Airflow's own commands.

Promise: it speaks in exit codes: 0 when all is well, 1 with one line on standard error when it is not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from mainstem_airflow.manifest import ManifestError, read_manifest
from mainstem_airflow.pools import pools_file


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except ManifestError as e:
        return _wrong(str(e))
    except subprocess.CalledProcessError as e:
        said = e.stderr.decode(errors="replace").strip().splitlines()[-5:]
        return _wrong("\n".join([f"{' '.join(map(str, e.cmd))} ended with {e.returncode}:", *said]))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("mainstem-airflow", description="Run Mainstem's manifest on Airflow.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="Read a manifest and list its DAGs.")
    check.set_defaults(run=_check)
    pools = commands.add_parser("pools", help="Write its pools for `airflow pools import`.")
    pools.set_defaults(run=_pools)
    standalone = commands.add_parser("standalone", help="Run it on this machine by `airflow standalone`.")
    standalone.set_defaults(run=_standalone)
    for command in (check, pools, standalone):
        command.add_argument("manifest", type=Path, help="What `mainstem plan --json` wrote.")
    standalone.add_argument(
        "--home", type=Path, required=True, help="Airflow's own folder: database and logs."
    )
    standalone.add_argument("--project", type=Path, required=True, help="Where tasks run.")
    standalone.add_argument("--bin", type=Path, help="Folder of programs, looked through before PATH.")
    standalone.add_argument("--port", type=int, default=8080, help="Of the pages, on 127.0.0.1 (8080).")
    standalone.add_argument(
        "--pass-environment",
        action="append",
        default=[],
        metavar="NAME",
        help="A variable of this environment that own tasks get too, * for any letters; may be said again.",
    )
    return parser


def _check(asked: argparse.Namespace) -> int:
    for dag in read_manifest(asked.manifest).dags:
        print(f"{dag.dag_id}: {len(dag.tasks)} tasks")
    return 0


def _pools(asked: argparse.Namespace) -> int:
    json.dump(pools_file(read_manifest(asked.manifest)), sys.stdout, indent=2)
    print()
    return 0


def _standalone(asked: argparse.Namespace) -> int:
    from mainstem_airflow.standalone import Standalone, run

    manifest = read_manifest(asked.manifest)
    standalone = Standalone(
        home=asked.home.absolute(),
        manifest=asked.manifest.absolute(),
        project=asked.project.absolute(),
        bin_folder=asked.bin and asked.bin.absolute(),
        port=asked.port,
        pass_environment=tuple(asked.pass_environment),
    )
    ended = run(standalone, manifest, lambda words: print(words, flush=True))
    if not ended.component:
        return 0
    log = standalone.home / "logs" / "components" / f"{ended.component}.log"
    return _wrong(f"Airflow's {ended.component} ended with {ended.exit_code}; see {log}")


def _wrong(words: str) -> int:
    print(f"mainstem-airflow: {words}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
