"""The session of a declared service: how it is let in, what it may be asked, what its answers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from mainstem.config import Secret
from mainstem.connectors.rest.client import ApiKeyAuth, BearerAuth, HttpBasicAuth
from mainstem.connectors.rest.templates import filled, placeholders
from mainstem.errors import ConfigError
from mainstem.saas import (
    Account,
    ApiKey,
    ApiSession,
    Auth,
    Basic,
    Bearer,
    Limit,
    NoAuth,
    Quota,
    Renewing,
    Verdict,
    client_credentials,
)
from mainstem.saas.session import READS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from requests import Response

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.rest.client import QuotaHeaders, ResponseAction
    from mainstem.connectors.rest.declaration import Declaration
    from mainstem.connectors.rest.settings import RestSettings
    from mainstem.saas import Budget, Clock

Known = dict[str, Any]


def parameters_of(declaration: Declaration, settings: RestSettings) -> Known:
    """By name: what the project gives, else the declaration's own."""
    defaults = {name: one.default for name, one in declaration.parameters.items() if one.default is not None}
    return {**defaults, **settings.parameters}


def hidden_of(declaration: Declaration) -> frozenset[str]:
    """Parameters that hold a secret: of addresses that are kept they are no part."""
    auth = declaration.client.auth
    if isinstance(auth, ApiKeyAuth) and auth.location == "query":
        return frozenset({auth.name})
    return frozenset()


def open_session(declaration: Declaration, opening: Opening) -> ApiSession:
    """Raises ConfigError for a secret that is needed and missing."""
    settings: RestSettings = opening.settings
    client = declaration.client
    known: Known = {"parameters": parameters_of(declaration, settings)}
    base_url = settings.base_url or str(filled(client.base_url, known))
    key = str(filled(client.account, known)) if client.account else urlsplit(base_url).netloc
    limits = [
        Limit(f"{number}", one.calls, one.seconds, one.path) for number, one in enumerate(client.limits)
    ]
    account = opening.account(key, *limits)
    judge = judge_of(client.response_actions, account, opening.budget)
    quota = client.quota

    def session(auth: Auth) -> ApiSession:
        made = opening.session(
            base_url,
            account,
            auth,
            judge=judge,
            quota_of=lambda response: None if quota is None else quota_of(response, quota, opening.clock),
            repeats=READS | ({"POST"} if _reads_by_post(declaration) else set()),
        )
        made.headers.update({name: str(value) for name, value in filled(client.headers, known).items()})
        return made

    return session(_auth(declaration, opening, known, session))


def _auth(
    declaration: Declaration, opening: Opening, known: Known, session: Callable[[Auth], ApiSession]
) -> Auth:
    auth = declaration.client.auth
    if auth is None:
        return NoAuth()
    secrets: dict[str, Secret] = opening.settings.secrets
    for name in placeholders(msgspec.to_builtins(auth)):
        if name.startswith("secrets.") and name.partition(".")[2] not in secrets:
            missing = name.partition(".")[2]
            raise ConfigError(
                f"[connectors.{opening.name}]",
                f"lacks the secret {missing!r}: {declaration.secrets[missing]}",
                f'secrets = {{ {missing} = "env:…" }}',
            )

    def secret(written: str) -> Secret:
        inner = next(iter(placeholders(written)), "")
        return secrets[inner.partition(".")[2]] if inner.startswith("secrets.") else Secret(written)

    def text(written: str) -> str:
        inner = next(iter(placeholders(written)), "")
        return secret(written).reveal() if inner.startswith("secrets.") else str(filled(written, known))

    match auth:
        case BearerAuth():
            return Bearer(secret(auth.token))
        case ApiKeyAuth():
            return ApiKey(auth.name, secret(auth.api_key), auth.location == "query")
        case HttpBasicAuth():
            return Basic(text(auth.username), secret(auth.password))
    plain = session(NoAuth())
    get = client_credentials(
        plain,
        str(filled(auth.access_token_url, known)),
        text(auth.client_id),
        secret(auth.client_secret),
        auth.scope,
    )
    return Renewing(get, plain.clock)


def meant(response: Response, actions: Iterable[ResponseAction]) -> ResponseAction | None:
    """The first action that an answer fits."""
    return next((one for one in actions if _fits(response, one)), None)


def _fits(response: Response, action: ResponseAction) -> bool:
    if action.status_code is not None and response.status_code != action.status_code:
        return False
    for name, value in action.headers.items():
        if name not in response.headers or (value and response.headers[name] != value):
            return False
    return not action.content or action.content in response.text


def judge_of(
    actions: tuple[ResponseAction, ...], account: Account, budget: Budget
) -> Callable[[Response], Verdict | None]:
    """What answers mean, by `actions`; one that says for how long nobody may ask holds the budget so long."""

    def judge(response: Response) -> Verdict | None:
        found = meant(response, actions)
        if found is None:
            return None
        if found.action == "wait" and found.seconds and "Retry-After" not in response.headers:
            budget.hold(account, found.seconds)
        return _VERDICTS.get(found.action)

    return judge


_VERDICTS = {
    "ignore": Verdict.OK,
    "retry": Verdict.RETRY,
    "wait": Verdict.WAIT,
    "quota": Verdict.QUOTA,
    "renew": Verdict.RENEW,
    "denied": Verdict.DENIED,
    "refused": Verdict.REFUSED,
}


def quota_of(response: Response, headers: QuotaHeaders, clock: Clock) -> Quota | None:
    """What an answer says is left; None where it says nothing."""
    remaining = response.headers.get(headers.remaining, "")
    if not remaining.isdigit():
        return None
    total = response.headers.get(headers.limit, "") if headers.limit else ""
    reset = response.headers.get(headers.reset, "") if headers.reset else ""
    resets_at = None
    if reset.isdigit():
        seconds = int(reset)
        is_epoch = headers.reset_as == "epoch"
        resets_at = (
            datetime.fromtimestamp(seconds, UTC) if is_epoch else clock.now() + timedelta(seconds=seconds)
        )
    return Quota(int(remaining), int(total) if total.isdigit() else None, resets_at)


def _reads_by_post(declaration: Declaration) -> bool:
    return any(one.endpoint.method == "POST" for one in declaration.resources)
