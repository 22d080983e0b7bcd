"""What LookML knows of who asks for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.attributes import web_asking
from mainstem.config import parse_config
from mainstem.errors import ConfigError
from mainstem.query.context import Asking
from mainstem.semantics.settings import SemanticsSettings
from mainstem.web.auth import Role
from mainstem.web.auth.viewer import ANONYMOUS, Viewer, set_current_viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WRITTEN = """
[semantics.user_attributes.everybody]
region = "nowhere"
locale = "en"

[semantics.user_attributes.roles.explorer]
region = "north"

[semantics.user_attributes.logins."ada@example.org"]
region = "north,south"
"""


@pytest.fixture
def asks(tmp_path: Path) -> Iterator[Callable[[Viewer], Asking]]:
    settings = parse_config(tmp_path / "mainstem.toml", WRITTEN, {}).section("semantics", SemanticsSettings)

    def asked(viewer: Viewer) -> Asking:
        set_current_viewer(viewer)
        return web_asking(settings.user_attributes)

    yield asked
    set_current_viewer(ANONYMOUS)


def test_a_login_s_own_value_wins_over_its_role_s_and_that_over_everybody_s(
    asks: Callable[[Viewer], Asking],
) -> None:
    ada = asks(Viewer("ada@example.org", Role.EXPLORER))
    assert ada.user_attributes == {"email": "ada@example.org", "locale": "en", "region": "north,south"}
    assert asks(Viewer("bob", Role.EXPLORER)).user_attributes == {"locale": "en", "region": "north"}
    assert asks(Viewer("cy", Role.VIEWER)).user_attributes["region"] == "nowhere"


def test_administrators_alone_see_everything_and_nobody_has_nothing(asks: Callable[[Viewer], Asking]) -> None:
    assert asks(Viewer("root", Role.ADMIN)).sees_everything
    assert not asks(Viewer("dev", Role.DEVELOPER)).sees_everything
    assert asks(ANONYMOUS) == Asking()


def test_a_role_there_is_not_is_an_error_with_its_line(tmp_path: Path) -> None:
    config = parse_config(
        tmp_path / "mainstem.toml", "\n[semantics.user_attributes.roles.veiwer]\nregion = 'x'\n", {}
    )
    with pytest.raises(ConfigError, match=r"mainstem\.toml:2: .*veiwer"):
        config.section("semantics", SemanticsSettings)
