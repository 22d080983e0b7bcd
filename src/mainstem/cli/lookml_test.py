"""`mainstem lookml test`: run what LookML says must hold of the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mainstem.cli.options import project_option, system_user

if TYPE_CHECKING:
    from mainstem.query.data_tests import AssertionOutcome, TestOutcome


@click.command("test")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--model", "-m", "models", multiple=True, metavar="NAME", help="Only its tests; repeatable.")
@click.option("--test", "-t", "tests", multiple=True, metavar="NAME", help="Only this one; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@project_option
@click.pass_context
def command(
    context: click.Context,
    folder: Path | None,
    models: tuple[str, ...],
    tests: tuple[str, ...],
    as_json: bool,
    project_dir: Path,
) -> None:
    """Run the tests of the project's LookML, or of that in DIR, on the project's warehouse.

    Each assertion passes or fails, with the first rows it does not hold of. Exits 1 when one fails, or when
    the LookML has errors: a test may stand where they are.
    """
    # Deferred: opening the warehouse imports duckdb and pyarrow, which help should not pay.
    from mainstem.assemble.data_tests import read_tests, run_tests

    reading = read_tests(project_dir, folder)
    outcomes: list[TestOutcome] = []
    for outcome in run_tests(project_dir, reading, system_user(), models, tests):
        outcomes.append(outcome)
        if not as_json:
            click.echo("\n".join(_lines(outcome)))
    failed = sum(not outcome.passed for outcome in outcomes)
    if as_json:
        click.echo(_json(outcomes, len(reading.errors)))
    else:
        click.echo(f"{_count(len(outcomes), 'tests')}: {len(outcomes) - failed} passed, {failed} failed")
    if reading.errors:
        number = _count(len(reading.errors), "errors")
        click.echo(f"the LookML has {number}, and tests may be left out: mainstem lookml validate", err=True)
    context.exit(1 if failed or reading.errors else 0)


def _lines(outcome: TestOutcome) -> list[str]:
    word = "pass" if outcome.passed else "FAIL"
    lines = [f"{word} {outcome.model}.{outcome.name} ({outcome.origin}): {_count(outcome.rows, 'rows')}"]
    if outcome.problem:
        lines.append(_indented(outcome.problem))
    if outcome.cut_off:
        lines.append(f"  there are more rows; the first {outcome.rows:,} were tested")
    for assertion in outcome.assertions:
        if not assertion.passed:
            lines += _failure(assertion)
    return lines


def _failure(assertion: AssertionOutcome) -> list[str]:
    if assertion.problem:
        return [
            f"  {assertion.name} ({assertion.origin}) cannot be worked out:",
            _indented(assertion.problem),
        ]
    lines = [
        f"  {assertion.name} ({assertion.origin}) does not hold of {_count(assertion.failed, 'rows')}:"
        f" {' '.join(assertion.expression.split())}"
    ]
    for row in assertion.rows:
        values = ", ".join(f"{name} = {'NULL' if value is None else value}" for name, value in row.items())
        lines.append(f"    {values}")
    if assertion.failed > len(assertion.rows):
        lines.append(f"    and {assertion.failed - len(assertion.rows):,} more")
    return lines


def _json(outcomes: list[TestOutcome], errors: int) -> str:
    import msgspec

    def told(outcome: TestOutcome) -> dict[str, Any]:
        built: dict[str, Any] = msgspec.to_builtins(outcome)
        assertions = [
            {**given, "passed": one.passed}
            for given, one in zip(built["assertions"], outcome.assertions, strict=True)
        ]
        return {**built, "passed": outcome.passed, "assertions": assertions}

    report = {
        "passed": sum(outcome.passed for outcome in outcomes),
        "failed": sum(not outcome.passed for outcome in outcomes),
        "lookml_errors": errors,
        "tests": [told(outcome) for outcome in outcomes],
    }
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _count(number: int, plural: str) -> str:
    return f"{number:,} {plural.removesuffix('s') if number == 1 else plural}"
