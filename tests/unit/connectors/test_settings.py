"""Settings of connectors: each type's own, mistakes told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.config import parse_config
from mainstem.connectors.settings import read_connector, read_connectors
from mainstem.connectors.tasks import offer
from mainstem.connectors.zendesk.settings import ZendeskSettings
from mainstem.errors import ConfigError, UsageError
from mainstem.manifest import CronSchedule, SecretRef
from mainstem.manifest.offers import OfferContext

BILLING = """[connectors.billing]
type = "rest"
declaration = "stripe"
secrets = { api_key = "env:STRIPE_KEY" }
"""
HELPDESK = '[connectors.helpdesk]\ntype = "zendesk"\nsubdomain = "acme"\napi_token = "t0ken"\n'


def config(text: str) -> OfferContext:
    return OfferContext(parse_config(Path("mainstem.toml"), text, {}), Path("data"))


def test_a_connector_has_the_settings_of_its_type() -> None:
    found = read_connectors(config(HELPDESK).config)["helpdesk"]
    assert isinstance(found, ZendeskSettings)
    assert found.subdomain == "acme"
    assert "t0ken" not in repr(found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[connectors.a]\n", r"mainstem.toml:1: connector 'a' lacks its type \(valid: .*zendesk"),
        ('[connectors.a]\ntype = "zendeks"\n', r"toml:2: there is no type of connector 'zendeks'"),
        (HELPDESK + "page_sizes = 5\n", r"toml:5: \[connectors.helpdesk\] has no setting 'page_sizes'"),
        (HELPDESK + 'page_size = "x"\n', r"toml:5: connectors.helpdesk.page_size: Expected `int`"),
        (HELPDESK + 'base_url = "http://127.0.0.1:"\n', r"toml:5: 'http://127.0.0.1:' is no address"),
        (HELPDESK + 'schedule = "often"\n', r"toml:5: 'often'"),
        (
            HELPDESK + HELPDESK.replace("helpdesk", "b") + 'schema = "helpdesk"\n',
            "has the schema of 'helpdesk'",
        ),
        ('[connectors."A b"]\ntype = "zendesk"\n', "'A b' is no name"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_connectors(config(text).config)


def test_every_connector_is_a_dag_that_makes_its_tables() -> None:
    [offered] = offer(config(HELPDESK + 'schedule = "0 * * * *"\nstreams = ["tickets"]\n')).dags
    assert (offered.dag.dag_id, offered.dag.schedule) == ("sync_helpdesk", CronSchedule("0 * * * *"))
    [task] = offered.dag.tasks
    assert task.argv == ("mainstem", "sync", "helpdesk")
    assert task.outlets == (
        "source/helpdesk/ticket",
        "source/helpdesk/ticket_tag",
        "source/helpdesk/ticket_metric",
    )


def test_a_plan_is_made_where_nobody_has_the_secrets() -> None:
    assert offer(config(HELPDESK.replace("t0ken", "env:NOBODY_HAS_THIS"))).dags


def test_a_pod_has_the_secrets_of_its_connector_from_secrets_named_as_their_variables_are() -> None:
    written = HELPDESK.replace("t0ken", "env:ZENDESK_API_TOKEN") + 'client_secret = "env:TOKEN"\n'
    [offered] = offer(config(written)).dags
    [task] = offered.dag.tasks
    assert task.secret_env == {"ZENDESK_API_TOKEN": SecretRef("zendesk", "api-token")}
    assert {ref.variable for ref in task.secret_env.values()} == set(task.secret_env)
    [billing] = offer(config(BILLING)).dags
    assert billing.dag.tasks[0].secret_env == {"STRIPE_KEY": SecretRef("stripe", "key")}


def test_a_connector_is_opened_where_only_its_own_secrets_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_KEY", raising=False)
    written = config(HELPDESK + BILLING).config
    assert isinstance(read_connector(written, "helpdesk"), ZendeskSettings)
    with pytest.raises(ConfigError, match="STRIPE_KEY is not set"):
        read_connector(written, "billing")
    with pytest.raises(UsageError, match="no connector 'helpdsk'; there are helpdesk, billing"):
        read_connector(written, "helpdsk")


def test_a_project_without_connectors_offers_nothing() -> None:
    assert not offer(config("")).dags
