"""`mainstem shadow`: run beside an existing RudderStack or Segment, and compare what both made of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.shadow import SourceStatus


@click.group("shadow")
def command() -> None:
    """Run beside an existing data plane, and compare the warehouses before you cut over.

    A source with a `shadow_url` has every request also forwarded there, unchanged.
    """


@command.command("run")
@project_option
@click.option("--once", is_flag=True, help="Forward what is kept now, then exit.")
def run(project_dir: Path, once: bool) -> None:
    """Forward the requests of shadowed sources.

    `mainstem up` starts it where a source has a `shadow_url`. Each request is sent until the other side takes
    it or refuses it for good; after a kill some are sent again, with the same message ids. It runs until
    SIGTERM or Ctrl-C.
    """
    from mainstem.assemble.forwarding import run_shadow

    run_shadow(project_dir, once)


@command.command("status")
@project_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source and line.")
def status(project_dir: Path, as_json: bool) -> None:
    """Say for each shadowed source how many requests were forwarded, wait, were refused or skipped."""
    import msgspec

    from mainstem.assemble.forwarding import shadow_status

    found = shadow_status(project_dir)
    if as_json:
        for one in found:
            sys.stdout.buffer.write(msgspec.json.encode(one) + b"\n")
        return
    for one in found:
        click.echo(_text(one))


def _text(one: SourceStatus) -> str:
    refused = sum(one.refused.values())
    by_status = ", ".join(f"{count} with {status}" for status, count in sorted(one.refused.items()))
    waited = "" if one.lag_seconds is None else f", the first for {timedelta(seconds=round(one.lag_seconds))}"
    lines = [
        f"{one.source_id} → {one.url}",
        f"  forwarded  {one.forwarded}"
        + (f", the last arrived {one.last_forwarded_at}" if one.last_forwarded_at else ""),
        f"  waiting    {one.waiting}{waited}",
        f"  refused    {refused}" + (f" ({by_status})" if refused else ""),
        f"  skipped    {one.skipped}",
    ]
    return "\n".join(lines)
