"""What becomes of events of people who said no: by their browser, or in a consent dialogue.

The strictest answer wins. `drop` keeps nothing, and the sender is told `ok`. `anonymise` keeps an event that
can be counted and leads to nobody: ids, traits, addresses, session and device ids go, the anonymous id
becomes `anonymised`. What would then say nothing (identify, alias, merge, group) is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.events import Dropped
from mainstem.events.form import Promise

if TYPE_CHECKING:
    from mainstem.events import Sending, Step
    from mainstem.events.form import Form
    from mainstem.privacy.profiles import Consent
    from mainstem.privacy.settings import Answer

ANONYMISED = "anonymised"
"""The anonymous id of every anonymised event."""

_STRICTNESS = ("ignore", "anonymise", "drop")
_ABOUT_SOMEBODY = frozenset({"identify", "alias", "merge", "group"})
_FIELDS = ("userId", "previousId", "groupId", "traits", "request_ip", "ip", "user_id", "anonymous_id")
_CONTEXT = (
    "traits", "ip", "sessionId", "session_id", "sessionStart", "externalId", "groupId", "userId", "location",
)  # fmt: skip
_DEVICE = ("id", "advertisingId", "token", "name")
_NO = Dropped("consent")


def consent_step(consent: Consent, profile: str) -> Step | None:
    """The step for `consent`; None where it asks for nothing."""
    if not consent.asks:
        return None
    return _Step(consent, profile)


class _Step:
    def __init__(self, consent: Consent, profile: str) -> None:
        self._consent = consent
        self._profile = profile
        self._required = frozenset(consent.required)
        self._by_header = tuple(
            (header, answer)
            for header, answer in ((b"sec-gpc", consent.gpc), (b"dnt", consent.dnt))
            if answer != "ignore"
        )

    def __call__(self, event: dict[str, Any], sending: Sending) -> Dropped | None:
        answer: Answer = "ignore"
        for header, action in self._by_header:
            if sending.headers.get(header) == b"1":
                answer = _stricter(answer, action)
        if self._required:
            answer = _stricter(answer, _by_category(event.get("context"), self._required, self._consent))
        if answer == "ignore":
            return None
        if answer == "drop" or event.get("type") in _ABOUT_SOMEBODY:
            return _NO
        _anonymise(event, sending, self._profile)
        return None

    def promise(self, form: Form) -> Promise | None:
        """Of browsers that do not say no. What a consent dialogue wrote is read in each event."""
        if self._required:
            return None
        headers = [header for header, _ in self._by_header]

        def admits(sending: Sending) -> bool:
            given = sending.headers
            for header in headers:  # noqa: SIM110 # a generator takes three times as long, for each event
                if given.get(header) == b"1":
                    return False
            return True

        return Promise(admits=admits)


def _stricter(one: Answer, other: Answer) -> Answer:
    return max(one, other, key=_STRICTNESS.index)


def _by_category(context: object, required: frozenset[str], consent: Consent) -> Answer:
    granted = _granted(context) if isinstance(context, dict) else None
    if granted is None:
        return consent.unstated
    return "ignore" if required <= granted else consent.refused


def _granted(context: dict[str, Any]) -> set[str] | None:
    """Categories the event says it may be used for; None where it says nothing about any."""
    stated: list[set[str]] = []
    management = context.get("consentManagement")
    if isinstance(management, dict):
        allowed, denied = (management.get(f"{kind}ConsentIds") for kind in ("allowed", "denied"))
        if isinstance(allowed, (list, dict)) or isinstance(denied, (list, dict)):
            stated.append(_ids(allowed) - _ids(denied))
    consent = context.get("consent")
    preferences = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if isinstance(preferences, dict):
        stated.append({name for name, given in preferences.items() if given is True})
    return set.intersection(*stated) if stated else None


def _ids(value: object) -> set[str]:
    """RudderStack's lists of ids; some providers have an object of lists, such as `{"consent": […]}`."""
    if isinstance(value, dict):
        return {one for part in value.values() for one in _ids(part)}
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()


def _anonymise(event: dict[str, Any], sending: Sending, profile: str) -> None:
    for name in _FIELDS:
        event.pop(name, None)
    event["anonymousId"] = ANONYMISED
    sending.request_ip = ""
    context = event.setdefault("context", {})
    if not isinstance(context, dict):
        context = event["context"] = {}
    for name in _CONTEXT:
        context.pop(name, None)
    device = context.get("device")
    if isinstance(device, dict):
        for name in _DEVICE:
            device.pop(name, None)
    context["privacy"] = {"profile": profile, "consent": ANONYMISED}
