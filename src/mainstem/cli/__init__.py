"""The command line: a file per command, found by name and imported only when it is called.

`mainstem collect` must not pay for duckdb or dbt (importing dbt alone costs about a second), so this
module imports no other package of ours. Every command module has a click command named `command`.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

from mainstem import __version__
from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "activate": "See what models would change in other services, and write it there.",
    "alerts": "Tell people of runs that failed, and of what did not run.",
    "backfill": "Bring in events of before, from files.",
    "backup": "Copy all that a project keeps, while it runs.",
    "build": "Build and test the dbt models, in the worker.",
    "catalogue": "See which events there are, what is in them, and who sends them.",
    "cohorts": "See cohorts that are kept, and count them again.",
    "collect": "Run the event gateway alone.",
    "connectors": "See the connectors of a project, and check what they need.",
    "dags": "See DAGs, pause them, fill in what was missed.",
    "demo": "Run a simulated company through the whole stack and show its dashboards.",
    "doctor": "Say what is wrong with a project or this machine, and how to mend it.",
    "init": "Write a new project.",
    "load": "Load accepted events into the warehouse.",
    "log": "Read the log of accepted events.",
    "lookml": "Check LookML and show the SQL it becomes.",
    "plan": "Show what is run, and when.",
    "privacy": "See what privacy rules do, look for personal data, make pseudonyms.",
    "publish": "Show what dashboards read, its history, and go back.",
    "quarantine": "List events that were held back, mend them and send them on their way.",
    "queries": "Show who asked the warehouse what, and what it took.",
    "query": "Run a query against an explore.",
    "rebuild": "Make event tables anew from the log and its archive.",
    "restore": "Bring a backup back into an empty place.",
    "run": "Run a DAG now, or some of its tasks again, and follow it.",
    "runs": "See what ran, read its logs, run it again.",
    "shadow": "Run beside an existing data plane, and compare what both made of it.",
    "simulate": "Write what a simulated company sends and holds, and the truth about it.",
    "runner": "Run the project's DAGs alone.",
    "sql": "Query the warehouse.",
    "sync": "Bring what is new in a service or database into the warehouse.",
    "tracking": "Check tracking plans, see what is sent, write plans and code.",
    "transform": "Run the dbt worker alone.",
    "up": "Run every process of a project on this machine.",
    "retention": "Delete rows of event tables that settings no longer keep.",
    "upkeep": "Look after the lake: merge files, let old snapshots go, remove what nobody needs.",
    "users": "Users, and the values of their attributes that LookML reads.",
    "web": "Run the web server alone.",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mainstem.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mainstem")
def _mainstem() -> None:
    """A company's whole data stack in one install."""


def main() -> None:
    """Entry point: an error we raised on purpose ends as one message on stderr, never a traceback."""
    try:
        # Outside click's standalone mode a command's `context.exit(code)` comes back as a value.
        sys.exit(_mainstem(standalone_mode=False) or 0)
    except MainstemError as e:
        from mainstem.config import redact  # only what ended with an error pays for it

        click.echo(redact(f"mainstem: {e}"), err=True)
        sys.exit(e.exit_code)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
