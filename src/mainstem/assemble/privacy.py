"""Privacy of a project: its keys, profiles and suppressed people, and what each source does with them.

`admission` keeps out what must not be kept at all; `private_rules` is the last feature of all, so that
nothing an enrichment or a plan adds escapes it.
"""

from __future__ import annotations

import os
import secrets
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.assemble.erased import ledger_file, load_ledger
from mainstem.assemble.feature import Feature
from mainstem.assemble.tracking import planned_properties
from mainstem.collect.body import NOT_JSON
from mainstem.errors import ConfigError, Place, UsageError
from mainstem.events import Dropped, Sending, decode_received
from mainstem.log import list_log, open_reader
from mainstem.privacy import (
    BUILT_IN,
    PrivacySettings,
    Profile,
    ProfileSettings,
    PseudonymKeys,
    compile_rules,
    consent_step,
    read_suppressed,
    resolve_profile,
    suppression_step,
)
from mainstem.privacy.erased import erased_step
from mainstem.privacy.preview import preview
from mainstem.privacy.pseudonyms import KEY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.assemble.feature import FeatureOf
    from mainstem.assemble.project import Project
    from mainstem.config import Config, Secret
    from mainstem.events import Received, Scrub, Source, Step
    from mainstem.privacy.preview import Preview

SECTION = "privacy"
SHORTEST_KEY = 16
_KEY_BYTES = 32
_READ_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Privacy:
    """What a project says about privacy, read and checked."""

    config: Config
    settings: PrivacySettings
    profiles: dict[str, Profile]
    """Every one there is, the built-in ones too."""
    keys: PseudonymKeys | None
    suppressed: frozenset[str]
    files: tuple[Path, ...]
    """What was read for it beside `mainstem.toml`."""
    lists: tuple[Path, ...] = ()
    """Of them, the lists of suppressed people."""

    def profile(self, name: str, where: Place | str) -> Profile:
        """Raises ConfigError at `where`, for a profile that is not there or lacks a key."""
        if name not in self.profiles:
            raise ConfigError(
                where, f"there is no privacy profile {name!r}", ", ".join(sorted(self.profiles))
            )
        profile = self.profiles[name]
        setting = profile.needs_key
        if setting is not None and self.keys is None:
            raise ConfigError(
                profile_place(self.config, name, setting),
                f"the privacy profile {name!r} makes pseudonyms ({setting}), and there is no key for them",
                f'key = "file:privacy.key" under [{SECTION}]; `mainstem privacy key privacy.key` makes one',
            )
        return profile


def read_privacy(project: Project) -> Privacy:
    """Raises ConfigError, with file and line, for what is not valid."""
    return project.once("privacy", lambda: _read_privacy(project.config))


def _read_privacy(config: Config) -> Privacy:
    _check_profiles(config)
    settings = config.section(SECTION, PrivacySettings)
    profiles = dict(BUILT_IN)
    for name in settings.profiles:
        try:
            profiles[name] = resolve_profile(name, settings.profiles)
        except ValueError as e:
            raise ConfigError(profile_place(config, name), str(e)) from e
    files = suppression_files(config, settings)
    suppressed: set[str] = set()
    for file in files:
        suppressed |= _read_list(config, file)
    return Privacy(
        config,
        settings,
        profiles,
        pseudonym_keys(config, settings),
        frozenset(suppressed),
        (*files, *_key_files(config)),
        files,
    )


def admission(project: Project) -> FeatureOf:
    """Suppressed people, for every source, and people who said no, as the source's profile has it."""
    privacy = read_privacy(project)
    suppression = suppression_step(privacy.suppressed, privacy.keys)
    ledger = load_ledger(project)
    erased = erased_step(ledger, keeps_new=privacy.settings.erased == "return") if ledger else None

    def feature_of(source: Source) -> Feature:
        profile = privacy.profile(source.privacy, source_place(project, source))
        consent = consent_step(profile.consent, profile.name)
        steps = tuple(step for step in (suppression, erased, consent) if step is not None)
        files = (*privacy.files, ledger_file(project))
        return Feature(steps=steps, scrub=_kept_out(steps), files=files, copied=privacy.lists)

    return feature_of


def _kept_out(steps: tuple[Step, ...]) -> Scrub | None:
    """What `steps` drop of what never gets to them: of an item that is refused at the door, the quarantine
    then keeps why it is not there."""
    if not steps:
        return None

    def scrub(value: Any, sending: Sending) -> Any:
        if isinstance(value, list) and value:
            return [scrub(one, sending) for one in value]
        # What is no object names nobody, but its request may have said no for all that it brings.
        event = value if isinstance(value, dict) else {}
        verdicts = (step(event, sending) for step in steps)
        dropped = next((verdict for verdict in verdicts if isinstance(verdict, Dropped)), None)
        return value if dropped is None else f"not kept: {dropped.reason}"

    return scrub


def private_rules(project: Project) -> FeatureOf:
    """The rules of each source's profile."""
    privacy = read_privacy(project)

    def feature_of(source: Source) -> Feature:
        profile = privacy.profile(source.privacy, source_place(project, source))
        planned = planned_properties(project, source) if profile.properties is not None else ()
        rules = compile_rules(profile, privacy.keys, planned)
        return Feature(
            steps=() if rules.step is None else (rules.step,), scrub=rules.scrub, files=privacy.files
        )

    return feature_of


def check_privacy(project: Project) -> dict[str, Profile]:
    """The profile of each source, by its id. Raises ConfigError for whatever is not valid about them."""
    privacy = read_privacy(project)
    return {
        source.id: privacy.profile(source.privacy, source_place(project, source))
        for source in project.sources()
    }


def pseudonym_keys(config: Config, settings: PrivacySettings) -> PseudonymKeys | None:
    """Raises ConfigError for keys that contradict each other, or are too short to be any."""
    if settings.key is not None and settings.keys:
        raise ConfigError(
            config.place(SECTION, "key"),
            "[privacy] has both key and keys",
            'one of them; for a second key, `[privacy.keys]` with k1 = (the first), k2 = …, current = "k2"',
        )
    written = {"k1": settings.key} if settings.key is not None else settings.keys
    if not written:
        return None
    for name, secret in written.items():
        _check_key(config, name, secret)
    current = settings.current or (next(iter(written)) if len(written) == 1 else None)
    if current not in written:
        raise ConfigError(
            config.place(SECTION, "current"),
            "privacy.current must say which key new pseudonyms are made with"
            if settings.current is None
            else f"privacy.current is {settings.current!r}, and there is no such key",
            ", ".join(sorted(written)),
        )
    return PseudonymKeys(current, {name: secret.reveal().encode() for name, secret in written.items()})


def suppression_files(config: Config, settings: PrivacySettings) -> tuple[Path, ...]:
    """Where the lists are, whether or not they are there."""
    written = (settings.suppressed,) if isinstance(settings.suppressed, str) else settings.suppressed
    return tuple(config.path(one) for one in written)


def write_key(file: Path) -> None:
    """Make a new key, for its owner alone to read. Raises UsageError rather than replace one."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as e:
        raise UsageError(f"{file} is there already, and pseudonyms may have been made with it") from e
    except OSError as e:
        raise UsageError(f"cannot write {file}: {e.strerror}") from e
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(_KEY_BYTES) + "\n")


def preview_privacy(
    project: Project, source_id: str, profile_name: str | None, last: int, *, values: bool
) -> Preview:
    """What a profile, or the source's own, would do to its last events. Raises UsageError for a source
    there is not, ConfigError as `read_privacy`."""
    privacy = read_privacy(project)
    sources = {source.id: source for source in project.sources()}
    if source_id not in sources:
        raise UsageError(f"there is no source {source_id!r} (valid: {', '.join(sorted(sources))})")
    name = profile_name or sources[source_id].privacy
    profile = privacy.profile(
        name, "--profile" if profile_name else source_place(project, sources[source_id])
    )
    planned = planned_properties(project, sources[source_id]) if profile.properties is not None else ()
    steps = [
        suppression_step(privacy.suppressed, privacy.keys),
        consent_step(profile.consent, profile.name),
        compile_rules(profile, privacy.keys, planned).step,
    ]
    events = (
        (event, Sending(record.request_ip, record.received_at, {}))
        for record, event in recent_events(project.data_dir, source_id, last)
    )
    return preview(profile.name, [step for step in steps if step is not None], events, values=values)


def recent_events(
    data_dir: Path, source_id: str | None, last: int
) -> Iterator[tuple[Received, dict[str, Any]]]:
    """The last events of a source, or of all, oldest first in each partition. What cannot be read is passed
    over."""
    segments = [segment for segment in list_log(data_dir) if segment.stream == "events"]
    log = open_reader(data_dir, "events")
    for partition in log.partitions():
        wanted: deque[list[tuple[Received, dict[str, Any]]]] = deque()
        total = 0
        for segment in reversed([one for one in segments if one.partition == partition]):
            found: deque[tuple[Received, dict[str, Any]]] = deque(maxlen=last)
            offset = segment.start
            while offset < segment.end:
                batch = log.read(partition, offset, _READ_BYTES)
                if batch.next_offset == offset:
                    break
                found.extend(
                    read for _, payload in batch.records if (read := _read(payload, source_id)) is not None
                )
                offset = batch.next_offset
            wanted.appendleft(list(found))
            total += len(found)
            if total >= last:
                break
        yield from [one for part in wanted for one in part][-last:]


def source_place(project: Project, source: Source) -> Place | str:
    ids = [one.id for one in project.sources()]
    if source.id not in ids:
        return f"source {source.id!r}"
    return project.config.place("sources", "privacy", ids.index(source.id))


def profile_place(config: Config, name: str, setting: str | None = None) -> Place:
    """Where a profile stands, or one of its settings."""
    place = config.place(f"{SECTION}.profiles.{name}", setting)
    return place if place.line is not None else config.place(SECTION, "profiles")


def _read(payload: bytes, source_id: str | None) -> tuple[Received, dict[str, Any]] | None:
    try:
        record = decode_received(payload)
        if source_id is not None and record.source_id != source_id:
            return None
        event = msgspec.json.decode(record.event)
    except NOT_JSON:
        return None
    if not isinstance(event, dict):
        return None
    if record.type is not None:
        event["type"] = record.type
    return record, event


def _check_profiles(config: Config) -> None:
    """Each profile as a section of its own: an error then names its line and the settings there are."""
    section = config.values.get(SECTION)
    profiles = section.get("profiles", {}) if isinstance(section, dict) else {}
    for name, table in profiles.items() if isinstance(profiles, dict) else ():
        title = f"{SECTION}.profiles.{name}"
        replace(config, values={title: table}, environment={}).section(title, ProfileSettings)


def _check_key(config: Config, name: str, secret: Secret) -> None:
    if not KEY_ID.fullmatch(name):
        raise ConfigError(
            config.place(f"{SECTION}.keys", name),
            f"{name!r} is no id of a key",
            "k1, k2 … : k and letters or digits",
        )
    if len(secret.reveal()) < SHORTEST_KEY:
        where = (
            config.place(f"{SECTION}.keys", name)
            if config.values[SECTION].get("keys")
            else config.place(SECTION, "key")
        )
        raise ConfigError(
            where,
            f"the key {name} is shorter than {SHORTEST_KEY} characters",
            "a long random one; `mainstem privacy key FILE` makes it",
        )


def _read_list(config: Config, file: Path) -> frozenset[str]:
    try:
        return read_suppressed(file.read_text(encoding="utf-8"))
    except OSError as e:
        raise ConfigError(
            config.place(SECTION, "suppressed"),
            f"cannot read {file}: {e.strerror}",
            "a file; it may be empty",
        ) from e
    except UnicodeDecodeError as e:
        raise ConfigError(Place(file), f"not UTF-8 text: {e.reason} at byte {e.start}") from e
    except ValueError as e:
        raise ConfigError(Place(file), str(e)) from e


def _key_files(config: Config) -> tuple[Path, ...]:
    section = config.values.get(SECTION)
    written = (
        []
        if not isinstance(section, dict)
        else [section.get("key"), *dict(section.get("keys") or {}).values()]
    )
    return tuple(
        config.path(one.removeprefix("file:"))
        for one in written
        if isinstance(one, str) and one.startswith("file:")
    )
