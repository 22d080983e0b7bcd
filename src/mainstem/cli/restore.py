"""`mainstem restore`: a backup, brought back into an empty place."""

from __future__ import annotations

from pathlib import Path

import click

from mainstem.cli.progress import Progress


@click.command("restore")
@click.argument("place")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--at", "backup_id", metavar="ID", help="Which backup, the newest by default.")
def command(place: str, folder: Path, backup_id: str | None) -> None:
    """Bring the backup in PLACE back into FOLDER, as a project that `mainstem up` runs.

    FOLDER, the data folder, the databases and the lake's data path must be empty; the environment may lead
    to others than the settings in the backup do, such as MAINSTEM_PROJECT_DATA_DIR or MAINSTEM_POSTGRES_URL.
    The loader then goes on where it was: events that the backup's log holds and its lake does not are loaded.
    One that was killed goes on when it is called again.
    """
    from mainstem.assemble.restore import restore_backup

    with Progress("copying") as progress:
        manifest = restore_backup(place, folder, backup_id, lambda done: progress.say(f"{done:,} bytes"))
    click.echo(f"backup {manifest.id} of {manifest.made_at} stands in {folder}")
    if manifest.left_out:
        click.echo("it was made without secrets; bring these yourself: " + ", ".join(manifest.left_out))
    click.echo(f"run it: mainstem up --project {folder}")
