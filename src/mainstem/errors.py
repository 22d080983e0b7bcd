"""Every error Mainstem raises on purpose, grouped by what the caller should do about it.

    MainstemError
    ├── InputError            mend the input: nothing was done, the same call cannot succeed
    │   ├── ConfigError           mainstem.toml or the environment
    │   │   ├── ManifestError         tasks and DAGs (collects every problem found)
    │   │   ├── DeclarationError      a connector's declaration (collects every problem found)
    │   │   └── TrackingPlanError     a tracking plan (collects every problem found)
    │   ├── LookmlError           a LookML file (collects every problem found)
    │   ├── QueryError            a request for fields, filters or sorts that the model does not have
    │   │   └── AnswerWithheld        the warehouse's own words are not for who asked
    │   │   └── FilterError           a filter expression its grammar does not have
    │   │   └── ExpressionError       a Looker expression: a table calculation, a custom field or filter
    │   ├── CredentialsRefused    a service does not know us, or does not let us do this
    │   └── UsageError            a command that was called wrongly, or in the wrong place
    ├── RejectedError         reject this one record or request, go on with the rest
    │   ├── EventRejected         carries the HTTP status and body the sender should see
    │   ├── TransformRejected     an event that becomes no rows by RudderStack's warehouse rules
    │   ├── TaskNotStarted        a task's program or image is not there
    │   ├── QueryStopped          a question that was ended before its answer came
    │   ├── ApiRefused            a service says that a request is wrong
    │   └── TapFailed             a Singer tap broke its protocol, or ended badly
    ├── TransientError        try the same thing again later
    │   ├── LogUnavailable        the log cannot take records now: disk full, not writable, overloaded
    │   ├── WarehouseBusy         a conflict or a lost connection outlasted its retries
    │   ├── NothingPublished      readers ask before any build has passed its tests
    │   ├── RuntimeUnavailable    what runs tasks does not answer
    │   ├── LeaseLost             another runner runs the tasks now
    │   ├── MessageNotSent        a place where people are told takes no message now
    │   ├── StoreUnavailable      Postgres does not answer: the product's own records are out of reach
    │   ├── ApiUnavailable        a service does not answer as it should, however often it is asked
    │   ├── QuotaSpent            an account's budget or quota allows no call for long
    │   └── OutcomeUnknown        a write to a service may have been done: look before it is sent again
    └── FatalError            stop this process: going on would lose or damage something
        ├── LogCorrupted          bytes that were acknowledged are not what was written
        ├── EnvironmentFailure    a part of the machine is missing: a port, an extension, a program
        ├── BuildFailed           dbt ran and models or tests failed
        ├── NotPublished          builds of one run do not stand for the whole project
        ├── SyncIncomplete        streams of a connector failed; what was read of them is kept
        └── ActivationIncomplete  rows of a plan were not written; they stay due

A message says what was tried, what came, what is valid, and where (`file:line` for anything a person
wrote). Attributes carry the facts; the text is built from them. No message ever holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SHOWN_REASONS = 5


class MainstemError(Exception):
    """Root of the tree. `exit_code` is what a command that ends with it returns."""

    exit_code = 1


class InputError(MainstemError):
    """Mend the input: nothing was done."""

    exit_code = 2


@dataclass(frozen=True)
class Place:
    """Where in a file somebody wrote something. `line` counts from 1; None when no line applies."""

    file: Path
    line: int | None = None

    def __str__(self) -> str:
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


class ConfigError(InputError):
    """`mainstem.toml`, a file it names, or an environment variable holds something that is not valid."""

    def __init__(self, where: Place | str, problem: str, valid: str | None = None) -> None:
        self.where = where
        self.problem = problem
        self.valid = valid
        super().__init__(f"{where}: {problem}" + (f" (valid: {valid})" if valid else ""))


@dataclass(frozen=True)
class LookmlProblem:
    """One thing wrong in a LookML project."""

    where: Place
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class LookmlError(InputError):
    """A LookML project has problems; all of them are listed, one a line."""

    def __init__(self, problems: Sequence[LookmlProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class PlanProblem:
    """One thing wrong in a tracking plan: where, what stands there, what is valid."""

    where: Place
    problem: str
    valid: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" + (f" (valid: {self.valid})" if self.valid else "")


class TrackingPlanError(ConfigError):
    """Tracking plans have problems, one or more; all of them are listed, one a line."""

    def __init__(self, problems: Sequence[PlanProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.where, first.problem, first.valid)
        self.args = ("\n".join(str(problem) for problem in self.problems),)


@dataclass(frozen=True)
class ManifestProblem:
    """One thing wrong with what is to be run: where, what stands there, what is valid."""

    where: Place | str
    problem: str
    valid: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" + (f" (valid: {self.valid})" if self.valid else "")


class ManifestError(ConfigError):
    """Tasks or DAGs have problems, one or more; all of them are listed, one a line."""

    def __init__(self, problems: Sequence[ManifestProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.where, first.problem, first.valid)
        self.args = ("\n".join(str(problem) for problem in self.problems),)


class DeclarationError(ConfigError):
    """A declaration of a REST API has problems, one or more; all of them are listed, one a line."""

    def __init__(self, problems: Sequence[ManifestProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.where, first.problem, first.valid)
        self.args = ("\n".join(str(problem) for problem in self.problems),)


class QueryError(InputError):
    """A query asks for something the semantic model does not offer."""


class AnswerWithheld(QueryError):
    """What the warehouse said of a question whose rows are not all for who asked: its words may hold values
    of the others. They are the error's cause, for the query log."""

    def __init__(self) -> None:
        super().__init__(
            "the warehouse could not answer this; what it said may tell of rows that are not yours to see, "
            "and stands in the query log for administrators"
        )


class ExpressionError(QueryError):
    """A Looker expression is not valid. `at` is the character it is about, counted from 0.

    The text shows the line with a caret, where `expression` is known and not empty; `hint` says what is
    valid, or which name may have been meant; `where` names what the expression is of.
    """

    def __init__(self, expression: str, at: int, problem: str, hint: str = "", where: str = "") -> None:
        self.expression = expression
        self.where = where
        self.at = at
        self.problem = problem
        self.hint = hint
        before = expression[:at].split("\n")
        self.line = len(before)
        self.column = len(before[-1]) + 1
        place = f"line {self.line}, column {self.column}" if at <= len(expression) else f"character {at + 1}"
        named = f"{where}, {place}" if where else place
        advice = f"; {hint}" if hint else ""
        super().__init__(f"{named}: {problem}{advice}{self._shown()}")

    def of(self, where: str) -> ExpressionError:
        """The same error, told to be in `where`: "calculation share"."""
        return ExpressionError(self.expression, self.at, self.problem, self.hint, where)

    def _shown(self) -> str:
        """The line the problem is in, cut to what stands near it, and a caret below."""
        lines = self.expression.split("\n")
        if self.line > len(lines) or not lines[self.line - 1].strip():
            return ""
        start = max(0, self.column - 61)
        excerpt = lines[self.line - 1][start : start + 120].replace("\t", " ")
        return f"\n  {excerpt}\n  {' ' * (self.column - 1 - start)}^"


class FilterError(QueryError):
    """A filter expression its grammar does not have: where it stops making sense, and what is valid.

    `at` counts characters of the expression from 0 and `read` is what stands there. `suggestion` is an
    expression that is valid and close to this one, or empty.
    """

    def __init__(
        self,
        grammar: str,
        expression: str,
        at: int,
        read: str,
        problem: str,
        valid: str,
        suggestion: str = "",
    ) -> None:
        self.grammar = grammar
        self.expression = expression
        self.at = at
        self.read = read
        self.problem = problem
        self.valid = valid
        self.suggestion = suggestion
        where = f" at character {at + 1}, {_shortened(read)!r}" if read else " at its end"
        where = where if read != expression else ""
        hint = f"did you mean {suggestion!r}? Valid are" if suggestion else "valid are"
        super().__init__(
            f"{grammar} filter {_shortened(expression)!r} is not understood{where}: {problem}; {hint} {valid}"
        )


def _shortened(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


class CredentialsRefused(InputError):
    """A service refuses who we say we are, or what we want to do. Nothing but other credentials helps."""


class UsageError(InputError):
    """A command was called wrongly, or in a place where it cannot work."""


class RejectedError(MainstemError):
    """Reject this one record or request and go on."""


class EventRejected(RejectedError):
    """An event request is refused; `status` and `body` are what RudderStack's data plane answers.

    `retry_after` is in how many seconds the sender may come again, where it may.
    """

    def __init__(self, status: int, body: str, retry_after: int | None = None) -> None:
        self.status = status
        self.body = body
        self.retry_after = retry_after
        super().__init__(f"{status} {body}")


class TransformRejected(RejectedError):
    """An event cannot become rows. The text is RudderStack's own where it has one."""


class TaskNotStarted(RejectedError):
    """A try of a task could not be started: its program, working directory or image is not there."""


class QueryStopped(RejectedError):
    """A question was ended before its answer came: nobody waits for it any more, or it took too long."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the query was ended: {reason}")


class ApiRefused(RejectedError):
    """A service says that a request is wrong; `status` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class TapFailed(RejectedError):
    """A Singer tap broke its protocol, ended badly, or said nothing for too long."""


class TransientError(MainstemError):
    """Try the same thing again later; nothing was half done."""


class LogUnavailable(TransientError):
    """The log cannot make records durable now. Senders get 503 and keep their events."""


class WarehouseBusy(TransientError):
    """The warehouse refused a transaction for longer than the retries lasted; it was rolled back."""


class NothingPublished(TransientError):
    """No build has been published yet, so there are no tested numbers to read."""

    def __init__(self) -> None:
        super().__init__(
            "nothing has been published yet: run `mainstem build`; the first build of the whole project "
            "whose tests pass is published"
        )


class RuntimeUnavailable(TransientError):
    """What runs tasks (Podman, this machine's process table) does not answer now."""


class LeaseLost(TransientError):
    """A runner wrote about tries after another had taken over; nothing was written."""

    def __init__(self, runner: str) -> None:
        self.runner = runner
        super().__init__(f"runner {runner} holds the lease no more")


class MessageNotSent(TransientError):
    """A message did not reach a place where people are told. The text names the place, never its address."""


class StoreUnavailable(TransientError):
    """The product's own records (users, runs …) cannot be read or written now.

    A transaction was rolled back, unless the connection was lost while it was being committed.
    """


class ApiUnavailable(TransientError):
    """A service could not be reached, or was in trouble, for as long as it was tried."""


class QuotaSpent(TransientError):
    """An account may not call a service now. `wait_seconds` is for how long; None when nobody said."""

    def __init__(self, message: str, wait_seconds: float | None) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(message)


class OutcomeUnknown(TransientError):
    """A request that changes something was sent, and no answer says whether it was done."""


class FatalError(MainstemError):
    """Stop this process: going on would lose or damage something."""


class LogCorrupted(FatalError):
    """Acknowledged bytes of the log do not read back as they were written."""


class EnvironmentFailure(FatalError):
    """Something this process needs from its machine is not there. The message says how to mend it."""


class BuildFailed(FatalError):
    """dbt ran, and models or tests failed. `failures` holds one line for each."""

    def __init__(self, failures: Sequence[str]) -> None:
        self.failures = tuple(failures)
        super().__init__("dbt: " + "; ".join(self.failures))


class NotPublished(FatalError):
    """The builds of a run cannot be shown to readers; `reasons` holds a line for each model or test."""

    def __init__(self, run: str, reasons: Sequence[str]) -> None:
        self.run = run
        self.reasons = tuple(reasons)
        rest = len(self.reasons) - _SHOWN_REASONS
        more = f"; and {rest} more" if rest > 0 else ""
        super().__init__(f"run {run} is not published: " + "; ".join(self.reasons[:_SHOWN_REASONS]) + more)


class SyncIncomplete(FatalError):
    """A run of a connector is partial or failed; `failures` holds a line for each stream."""

    def __init__(self, connector: str, state: str, failures: Sequence[str]) -> None:
        self.connector = connector
        self.state = state
        self.failures = tuple(failures)
        super().__init__(f"sync of {connector} is {state}: " + "; ".join(self.failures))


class ActivationIncomplete(FatalError):
    """A plan was not applied whole; `counts` are its rows by what came of them."""

    def __init__(self, activation: str, state: str, problem: str, counts: Mapping[str, int]) -> None:
        self.activation = activation
        self.state = state
        self.counts = dict(counts)
        said = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()) if count)
        why = f": {problem}" if problem else ""
        super().__init__(f"activation {activation} is {state}{why} ({said or 'nothing was written'})")
