"""The options that describe a query, shared by the commands that show one and run one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mainstem.query import Request
    from mainstem.query.context import Context

F = TypeVar("F", bound="Callable[..., Any]")

_OPTIONS = (
    click.option("--model", "-m", required=True, help="Name of the model: NAME.model.lkml."),
    click.option("--explore", "-e", required=True, help="Name of the explore."),
    click.option("--fields", "-f", default="", help="Dimensions and measures: view.a,view.b"),
    click.option("--query", "query", metavar="NAME", help="Begin with a query: of the explore."),
    click.option(
        "--filter", "filters", multiple=True, metavar="FIELD=EXPRESSION", help="'view.a=7 days'; repeatable."
    ),
    click.option("--filter-expression", metavar="EXPRESSION", help="A condition such as '${view.a} > 2'."),
    click.option("--pivot", "pivots", multiple=True, metavar="FIELD", help="Repeatable."),
    click.option("--sort", "sorts", multiple=True, metavar="FIELD [desc]", help="Repeatable."),
    click.option("--limit", type=int, help="Rows; 500 when left out, -1 for all."),
    click.option("--totals", is_flag=True, help="A total under each column."),
    click.option("--row-totals", is_flag=True, help="With pivots, a total beside each row."),
    click.option("--subtotal", "subtotals", multiple=True, metavar="FIELD", help="Repeatable."),
    click.option(
        "--calculation",
        "calculations",
        multiple=True,
        metavar="NAME=EXPRESSION",
        help="A table calculation: 'share=${view.a} / sum(${view.a})'; repeatable.",
    ),
    click.option("--timezone", metavar="NAME", help="IANA time zone that times are shown in."),
    click.option(
        "--user-attribute",
        "user_attributes",
        multiple=True,
        metavar="NAME=VALUE",
        help="Ask as somebody with this attribute; access filters and grants hold then. Repeatable.",
    ),
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
    filter_expression: str | None,
    pivots: tuple[str, ...],
    sorts: tuple[str, ...],
    limit: int | None,
    totals: bool,
    row_totals: bool,
    subtotals: tuple[str, ...],
    calculations: tuple[str, ...],
    timezone: str | None,
    *,
    named: bool = False,
) -> Request:
    """`named`: a query of the explore says what is missing. Raises click.UsageError where no field is named
    otherwise, for what has no `=`, and for two of one name."""
    # Deferred: a command line that only prints help should not pay for the LookML parser.
    from mainstem.query.request import Request, TableCalculation

    if not fields and not named:
        raise click.UsageError("name what to ask for: --fields view.a,view.b, or --query NAME")
    worked_out = _pairs("--calculation", calculations, "name=expression")
    return Request(
        model=model,
        explore=explore,
        fields=_names(fields),
        filters=_pairs("--filter", filters, "view.field=expression"),
        filter_expression=filter_expression,
        pivots=tuple(name for pivot in pivots for name in _names(pivot)),
        sorts=tuple(part.strip() for sort in sorts for part in sort.split(",") if part.strip()),
        limit=limit,
        totals=totals,
        row_totals=row_totals,
        subtotals=tuple(name for one in subtotals for name in _names(one)),
        dynamic_fields=tuple(
            TableCalculation(name=name, expression=expression) for name, expression in worked_out.items()
        ),
        timezone=timezone,
    )


def attributes_from(user_attributes: tuple[str, ...]) -> dict[str, str] | None:
    """None where none is given: who asks on the command line may read the warehouse itself."""
    return _pairs("--user-attribute", user_attributes, "name=value") or None


def context_from(user_attributes: tuple[str, ...], now: datetime) -> Context:
    from mainstem.query.context import Context

    given = attributes_from(user_attributes)
    return Context(now=now, user_attributes=given or {}, sees_everything=given is None)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _pairs(option: str, written: tuple[str, ...], form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in written:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"{option} {text!r} has no =; write {option} '{form}'")
        if name.strip() in found:
            more = "; join the two with a comma" if option == "--filter" else ""
            raise click.UsageError(f"{option} names {name.strip()} twice{more}")
        found[name.strip()] = value
    return found
