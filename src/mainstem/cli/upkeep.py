"""`mainstem upkeep`: look after the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("upkeep")
@project_option
@click.option("--once", is_flag=True, help="Do one round, say what came of it, then exit.")
@click.option("--dry-run", is_flag=True, help="Say what a round would do now; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --once or --dry-run: print JSON.")
def command(project_dir: Path, once: bool, dry_run: bool, as_json: bool) -> None:
    """Look after the lake: put small files together, let old snapshots go, remove what nobody needs.

    It runs until SIGTERM or Ctrl-C, beside everything else; `mainstem up` starts it. Nothing that is
    published, or that a reader may still read, is removed.
    """
    if once and dry_run:
        raise click.UsageError("--once and --dry-run cannot be given together")
    if as_json and not (once or dry_run):
        raise click.UsageError("--json goes with --once or --dry-run")
    from mainstem.assemble.upkeep import do_round, list_due, run_upkeep

    if dry_run:
        _show_due(list_due(project_dir), as_json)
    elif once:
        from mainstem.operate.upkeep.run import line_of

        steps = do_round(project_dir)
        if as_json:
            _show_json(steps)
        else:
            click.echo("\n".join(line_of(step) for step in steps) or "nothing was due")
    else:
        run_upkeep(project_dir)


def _show_due(lines: list[str], as_json: bool) -> None:
    if as_json:
        _show_json(lines)
    else:
        click.echo("\n".join(lines) or "nothing is due")


def _show_json(content: object) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
