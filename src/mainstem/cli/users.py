"""`mainstem users`: who may come in, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group("users")
def command() -> None:
    """Users, and the values of their attributes that LookML reads."""


@command.command("list")
@project_option
def list_(project_dir: Path) -> None:
    """Every user with role, groups and values."""
    from mainstem.assemble.users import user_lines

    for line in user_lines(project_dir):
        click.echo(line)


@command.command("set-attribute")
@click.argument("login")
@click.argument("name")
@click.argument("value", default="")
@project_option
def set_attribute(login: str, name: str, value: str, project_dir: Path) -> None:
    """Give the user LOGIN the VALUE of the attribute NAME; without VALUE it is taken away."""
    from mainstem.assemble.users import set_user_attribute

    set_user_attribute(project_dir, login, name, value)
    click.echo(f"{name} of {login} is {'set' if value.strip() else 'taken away'}")
