"""The options that describe a query, shared by the commands that show one and run one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query import Request

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--model", "-m", required=True, help="Name of the model: NAME.model.lkml."),
    click.option("--explore", "-e", required=True, help="Name of the explore."),
    click.option("--fields", "-f", required=True, help="Dimensions and measures: view.a,view.b"),
    click.option(
        "--filter", "filters", multiple=True, metavar="FIELD=EXPRESSION", help="'view.a=7 days'; repeatable."
    ),
    click.option("--pivot", "pivots", multiple=True, metavar="FIELD", help="Repeatable."),
    click.option("--sort", "sorts", multiple=True, metavar="FIELD [desc]", help="Repeatable."),
    click.option("--limit", type=int, help="Rows; 500 when left out, -1 for all."),
)


def request_options(function: F) -> F:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def request_from(
    model: str,
    explore: str,
    fields: str,
    filters: tuple[str, ...],
    pivots: tuple[str, ...],
    sorts: tuple[str, ...],
    limit: int | None,
) -> Request:
    """Raises click.UsageError for a filter without `=` and for two on one field."""
    # Deferred: a command line that only prints help should not pay for the LookML parser.
    from mainstem.query import Request

    return Request(
        model=model,
        explore=explore,
        fields=_names(fields),
        filters=_filters(filters),
        pivots=tuple(name for pivot in pivots for name in _names(pivot)),
        sorts=tuple(part.strip() for sort in sorts for part in sort.split(",") if part.strip()),
        limit=limit,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _filters(written: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in written:
        field, equals, expression = text.partition("=")
        if not equals:
            raise click.UsageError(f"--filter {text!r} has no =; write --filter 'view.field=expression'")
        if field.strip() in found:
            raise click.UsageError(f"--filter names {field.strip()} twice; join the two with a comma")
        found[field.strip()] = expression
    return found
