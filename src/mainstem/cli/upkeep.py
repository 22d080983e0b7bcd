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
@click.option(
    "--restore-catalog",
    metavar="DUMP",
    help="Put a dump of the lake's catalog in the place of a damaged one: a file, or `newest`.",
)
def command(project_dir: Path, once: bool, dry_run: bool, as_json: bool, restore_catalog: str | None) -> None:
    """Look after the lake: put small files together, let old snapshots go, remove what nobody needs.

    It runs until SIGTERM or Ctrl-C, beside everything else; `mainstem up` starts it. Nothing that is
    published, or that a reader may still read, is removed. --restore-catalog is for a project that is
    stopped: events that came after the dump are loaded again from the log.
    """
    if sum((once, dry_run, restore_catalog is not None)) > 1:
        raise click.UsageError("--once, --dry-run and --restore-catalog cannot be given together")
    if as_json and not (once or dry_run):
        raise click.UsageError("--json goes with --once or --dry-run")
    if restore_catalog is not None:
        _restore(project_dir, restore_catalog)
        return
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


def _restore(project_dir: Path, dump: str) -> None:
    from pathlib import Path

    from mainstem.assemble.catalog_dump import restore_catalog

    done = restore_catalog(project_dir, None if dump == "newest" else Path(dump))
    click.echo(
        f"the lake is as it was at snapshot {done.snapshot}, in {done.dump}; {done.lost} came after it"
    )
    if done.published_build is None:
        click.echo("nothing that was published is in it: readers are shown the next build that passes")
    else:
        click.echo(f"readers are shown build {done.published_build}")
    click.echo("next: mainstem up, which loads later events again from the log; then mainstem build")


def _show_due(lines: list[str], as_json: bool) -> None:
    if as_json:
        _show_json(lines)
    else:
        click.echo("\n".join(lines) or "nothing is due")


def _show_json(content: object) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
