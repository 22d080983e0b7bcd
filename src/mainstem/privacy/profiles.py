"""What a profile's settings come to: built-in ones, and those of a project on top of others. Pure.

A profile that is named but not there, or extends itself, is refused; so is a path that is none.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mainstem.privacy import spec
from mainstem.privacy.detectors import DETECTORS, DetectorName
from mainstem.privacy.names import bare
from mainstem.privacy.paths import parse_path
from mainstem.privacy.settings import Answer, IpRule, ProfileSettings, UserIdRule
from mainstem.privacy.text import DetectorAction

NONE = "none"
PRODUCT = "product"


class Consent(msgspec.Struct, frozen=True):
    """As `ConsentSettings`, with everything decided."""

    gpc: Answer = "ignore"
    dnt: Answer = "ignore"
    required: tuple[str, ...] = ()
    refused: Answer = "drop"
    unstated: Answer = "ignore"

    @property
    def asks(self) -> bool:
        """Whether any event could be dropped or anonymised for it."""
        return self.gpc != "ignore" or self.dnt != "ignore" or bool(self.required)


class Profile(msgspec.Struct, frozen=True):
    """As `ProfileSettings`, with everything decided."""

    name: str
    properties: tuple[str, ...] | None = None
    """None lets everything through."""
    traits: tuple[str, ...] | None = None
    context: tuple[str, ...] | None = None
    drop: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()
    pseudonymise: tuple[str, ...] = ()
    ip: IpRule = "keep"
    user_id: UserIdRule = "keep"
    detectors: Mapping[DetectorName, DetectorAction] = {}
    exempt: tuple[str, ...] = ()
    consent: Consent = Consent()

    @property
    def needs_key(self) -> str | None:
        """The setting that cannot do without a key; None where none is needed."""
        if self.hash or self.pseudonymise:
            return "hash" if self.hash else "pseudonymise"
        if self.user_id == "pseudonymise":
            return "user_id"
        return "detectors" if "pseudonymise" in self.detectors.values() else None


def _built_in() -> Mapping[str, Profile]:
    product = Profile(
        PRODUCT,
        properties=spec.PROPERTIES,
        traits=spec.TRAITS,
        context=spec.CONTEXT,
        ip="truncate",
        detectors={detector.name: "mask" for detector in DETECTORS},
        consent=Consent(gpc="anonymise", dnt="anonymise"),
    )
    return {NONE: Profile(NONE), PRODUCT: product}


BUILT_IN = _built_in()


def resolve_profile(name: str, written: Mapping[str, ProfileSettings]) -> Profile:
    """The profile `name` over `written` and the built-in ones.

    Raises ValueError, saying what is valid, for a name that is not there, a circle of `extends`, a path
    that is none, and a built-in name that is written anew.
    """
    return _resolve(name, written, ())


def _resolve(name: str, written: Mapping[str, ProfileSettings], above: tuple[str, ...]) -> Profile:
    if name in above:
        raise ValueError(f"the profiles {' → '.join((*above, name))} extend each other in a circle")
    if name in BUILT_IN:
        if name in written:
            raise ValueError(f"the profile {name!r} is built in: give yours another name, and extend it")
        return BUILT_IN[name]
    if name not in written:
        valid = ", ".join(sorted({*BUILT_IN, *written}))
        raise ValueError(f"there is no privacy profile {name!r} (valid: {valid})")
    own = written[name]
    base = _resolve(own.extends, written, (*above, name)) if own.extends else Profile(name)
    profile = _over(base, own, name)
    _check_paths(profile)
    return profile


def _over(base: Profile, own: ProfileSettings, name: str) -> Profile:
    consent = {key: value for key, value in msgspec.structs.asdict(own.consent).items() if value is not None}
    return msgspec.structs.replace(
        base,
        name=name,
        properties=_added(base.properties, own.properties),
        traits=_added(base.traits, own.traits),
        context=_added(base.context, own.context),
        drop=(*base.drop, *own.drop),
        mask=(*base.mask, *own.mask),
        hash=(*base.hash, *own.hash),
        pseudonymise=(*base.pseudonymise, *own.pseudonymise),
        ip=own.ip or base.ip,
        user_id=own.user_id or base.user_id,
        detectors=base.detectors if own.detectors is None else {**base.detectors, **_actions(own)},
        exempt=(*base.exempt, *own.exempt),
        consent=msgspec.structs.replace(base.consent, **consent),
    )


_SECTIONS = ("properties", "traits", "context")
"""Settings whose paths begin inside that part of an event; those of the others begin at the event."""
_OF_EVENTS = ("drop", "mask", "hash", "pseudonymise", "exempt")
_CARRIERS = (*_SECTIONS, "integrations", "mergeProperties", "recordId", "action", "*", "**")
_FIRST_NAMES = frozenset(
    bare(name) or name for name in (*_CARRIERS, *(one.split(".")[0] for one in spec.FIELDS))
)


def _added(base: tuple[str, ...] | None, own: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return base if own is None else (*(base or ()), *own)


def _actions(own: ProfileSettings) -> Mapping[DetectorName, DetectorAction]:
    if isinstance(own.detectors, dict):
        return own.detectors
    return {name: "mask" for name in own.detectors or ()}


_NEEDED = {"messageid": "messageId", "type": "type"}
"""Without them, or with one value for all, events are no longer told apart."""


def _check_paths(profile: Profile) -> None:
    for setting in (*_SECTIONS, *_OF_EVENTS):
        for path in getattr(profile, setting) or ():
            try:
                first = parse_path(path)[0]
            except ValueError as e:
                raise ValueError(f"{setting}: {e}") from e
            if setting in _SECTIONS and first == setting and "." in path:
                raise ValueError(f"{setting}: {path!r}: write it without {setting}., which is meant already")
            if setting in _OF_EVENTS and first not in _FIRST_NAMES:
                raise ValueError(
                    f"{setting}: {path!r} begins with no field of an event; did you mean properties.{path}, "
                    f"or **.{path} for wherever it stands?"
                )
    for setting in ("drop", "mask"):
        for path in getattr(profile, setting):
            _check_needed(setting, path)


def _check_needed(setting: str, path: str) -> None:
    segments = parse_path(path)
    named = segments[1:] if len(segments) > 1 and segments[0] == "**" else segments
    if len(named) == 1 and (named[0] in _NEEDED or named[0] == "*"):
        lost = _NEEDED.get(named[0], "messageId")
        raise ValueError(
            f"{setting}: {path!r} would take away {lost}, without which events cannot be told apart and "
            "all but one would be thought to repeat it; hash or pseudonymise it, or name a path below it"
        )
