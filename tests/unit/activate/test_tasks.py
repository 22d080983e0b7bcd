"""What activations offer to be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.activate.settings import place_of, read_destination, where_of
from mainstem.activate.tasks import offer
from mainstem.config import parse_config
from mainstem.errors import ConfigError, UsageError
from mainstem.manifest import Manifest, SecretRef, dump
from mainstem.manifest.offers import OfferContext

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.manifest import Dag

DESTINATIONS = """[destinations.shop]
type = "postgres"
url = "env:SHOP_DATABASE_URL"

[destinations.crm]
type = "salesforce"
domain = "acme"
client_id = "key"
client_secret = "env:SALESFORCE_SECRET"
private_key = "file:key.pem"
access_token = "env:TOKEN"
"""
USAGE = """source: { model: account_360 }
destination: DESTINATION
object: customers
match: { column: account_id, to: account }
as_of: { column: day, to: day }
fields: [{ column: users, to: users }]
"""


def offered(
    folder: Path, *, destination: str = "shop", more: str = "", settings: str = DESTINATIONS
) -> dict[str, Dag]:
    """Of one activation, `usage`."""
    (folder / "activations").mkdir(exist_ok=True)
    text = USAGE.replace("DESTINATION", destination) + more
    (folder / "activations" / "usage.yml").write_text(text)
    context = OfferContext(parse_config(folder / "mainstem.toml", settings, {}), folder)
    return {one.dag.dag_id: one.dag for one in offer(context).dags}


@pytest.mark.parametrize(
    ("destination", "secrets"),
    [
        ("shop", {"SHOP_DATABASE_URL": SecretRef("shop", "database-url")}),
        ("crm", {"SALESFORCE_SECRET": SecretRef("salesforce", "secret")}),
    ],
)
def test_pods_that_plan_and_apply_have_the_secrets_of_their_destination_and_no_other(
    tmp_path: Path, destination: str, secrets: dict[str, SecretRef]
) -> None:
    dags = offered(tmp_path, destination=destination)
    tasks = {(name, task.task_id): task for name, dag in dags.items() for task in dag.tasks}
    assert set(tasks) == {("activate_usage", "plan"), ("activate_usage", "apply"), ("apply_usage", "apply")}
    assert [dict(task.secret_env) for task in tasks.values()] == [secrets] * 3


def test_what_a_person_looks_at_first_is_not_applied_by_the_dag_that_plans(tmp_path: Path) -> None:
    dags = offered(tmp_path, more="approval: person\n")
    assert [task.task_id for task in dags["activate_usage"].tasks] == ["plan"]
    assert [task.task_id for task in dags["apply_usage"].tasks] == ["apply"]


def test_a_secret_that_stands_in_the_settings_itself_reaches_no_manifest(tmp_path: Path) -> None:
    settings = DESTINATIONS.replace("env:SHOP_DATABASE_URL", "postgresql://shop:canary@shop.example/db")
    dags = offered(tmp_path, settings=settings)
    assert not any(task.secret_env for dag in dags.values() for task in dag.tasks)
    assert b"canary" not in dump(Manifest("p", tuple(dags.values())))


def test_a_destination_is_opened_where_only_its_own_secrets_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgresql://shop.example/db")
    monkeypatch.delenv("SALESFORCE_SECRET", raising=False)
    config = parse_config(tmp_path / "mainstem.toml", DESTINATIONS, {})
    assert read_destination(config, "shop").type == "postgres"
    with pytest.raises(ConfigError, match=r"destinations\.crm.* is not set"):
        read_destination(config, "crm")
    with pytest.raises(UsageError, match="there is no destination 'shpo'; there are shop, crm"):
        read_destination(config, "shpo")


@pytest.mark.parametrize(
    ("changed", "is_place", "is_where"),
    [
        ('domain = "acme"|domain = "acme-sandbox"', True, True),
        ('client_id = "key"|client_id = "other"', True, False),
        ('client_id = "key"|client_id = "key"\ndaily_calls = 500', False, False),
    ],
    ids=["domain", "login", "pace"],
)
def test_what_says_where_a_destination_is_is_less_than_all_that_is_set(
    tmp_path: Path, changed: str, is_place: bool, is_where: bool
) -> None:
    old, new = changed.split("|")
    before, after = (
        parse_config(tmp_path / "mainstem.toml", text, {})
        for text in (DESTINATIONS, DESTINATIONS.replace(old, new))
    )
    assert (place_of(before, "crm") != place_of(after, "crm")) is is_place
    assert (where_of(before, "crm") != where_of(after, "crm")) is is_where
