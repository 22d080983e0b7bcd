"""`mainstem doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.operate.doctor import Finding, Result

_COLOURS: dict[Result, str] = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "bright_black"}


@click.command("doctor")
@project_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def command(project_dir: Path, as_json: bool) -> None:
    """Say what is wrong with this machine or the project, and how to mend it.

    Looks at packages, settings, keys, folders, disk, clock, dbt and LookML files, processes, ports,
    Postgres, the event log, the loader and the lake, and changes nothing. Ends with status 1 when a check
    fails; warnings do not count.
    """
    from mainstem.assemble.doctor import examine

    findings = examine(project_dir)
    counts = Counter(finding.result for finding in findings)
    if as_json:
        import msgspec

        report: dict[str, object] = {"findings": findings}
        report.update({result: counts.get(result, 0) for result in _COLOURS})
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        for finding in findings:
            _show(finding)
        click.echo(", ".join(f"{counts.get(result, 0)} {result}" for result in _COLOURS))
    if counts["fail"]:
        sys.exit(1)


def _show(finding: Finding) -> None:
    first, *more = finding.found.splitlines() or [""]
    result = click.style(f"{finding.result:<8}", fg=_COLOURS[finding.result])
    click.echo(f"{result}{finding.check:<12} {first}")
    for line in more:
        click.echo(f"{'':<20} {line}")
    if finding.mend is not None:
        click.echo(f"{'':<20} → {finding.mend}")
