"""The sections of the frame: what the navigation holds, and who sees it.

A page registers with one line in ENTRIES. What is left out of the navigation is not thereby forbidden:
whether a route may be asked for is decided where requests are let in, never here.
"""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.web.auth import Role


@dataclass(frozen=True)
class Entry:
    label: str
    href: str
    """Where it leads; a page below that path belongs to the entry."""
    icon: str
    """A name in `templates/frame/icons.html`."""
    role: Role
    """The least role that sees it."""
    section: str = ""
    """The heading it stands under; those without one come first."""


ENTRIES = (
    Entry("Dashboards", "/dashboards", "bars", role=Role.VIEWER),
    Entry("Explores", "/explores", "cube", role=Role.EXPLORER),
    Entry("Cohorts", "/cohorts", "person", role=Role.EXPLORER),
    Entry("Models", "/models", "code", role=Role.EXPLORER),
    Entry("Sources", "/sources", "inflow", role=Role.EXPLORER),
    Entry("Connectors", "/connectors", "repeat", role=Role.VIEWER),
    Entry("Activations", "/activations", "outflow", role=Role.VIEWER),
    Entry("Catalogue", "/catalogue", "book", role=Role.EXPLORER),
    Entry("Publications", "/publications", "run", role=Role.VIEWER),
    Entry("DAGs", "/dags", "flow", role=Role.VIEWER),
    Entry("Assets", "/assets", "stack", role=Role.VIEWER),
    Entry("Warehouse", "/warehouse", "cube", role=Role.ADMIN, section="Administration"),
    Entry("Users", "/users", "person", role=Role.ADMIN, section="Administration"),
    Entry("Groups", "/groups", "person", role=Role.ADMIN, section="Administration"),
    Entry("Queries", "/queries", "table", role=Role.ADMIN, section="Administration"),
    Entry("Audit log", "/audit", "list", role=Role.ADMIN, section="Administration"),
    Entry("Components", "/gallery", "swatch", role=Role.DEVELOPER, section="Develop"),
)


@dataclass(frozen=True)
class ShownEntry:
    label: str
    href: str
    icon: str
    current: str | None
    """The value of `aria-current`: page, true for a page below it, None elsewhere."""


@dataclass(frozen=True)
class Section:
    label: str
    entries: tuple[ShownEntry, ...]


def navigation(role: Role | None, path: str, entries: tuple[Entry, ...] = ENTRIES) -> tuple[Section, ...]:
    """What someone of `role` sees on the page at `path`, sections in the order they were registered.

    None is nobody, who sees nothing.
    """
    sections: dict[str, list[ShownEntry]] = {"": []}
    for entry in entries:
        if role is not None and role >= entry.role:
            shown = ShownEntry(entry.label, entry.href, entry.icon, _current(entry.href, path))
            sections.setdefault(entry.section, []).append(shown)
    return tuple(Section(label, tuple(found)) for label, found in sections.items() if found)


def _current(href: str, path: str) -> str | None:
    if path == href:
        return "page"
    return "true" if path.startswith(f"{href}/") else None
