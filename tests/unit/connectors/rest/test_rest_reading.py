"""Declarations are checked when they are read: every mistake with its line and what is valid."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped] # it ships no types
import pytest
import yaml

from mainstem.config import parse_config
from mainstem.connectors.rest.reading import file_of, read_declaration, shipped
from mainstem.connectors.rest.schema import declaration_schema
from mainstem.connectors.rest.streams import streams_of
from mainstem.connectors.settings import read_connectors
from mainstem.connectors.tasks import offer
from mainstem.errors import ConfigError, DeclarationError
from mainstem.manifest.offers import OfferContext
from tests.contract.test_rest_example import FILE, example

SETTINGS = (
    f'[connectors.library]\ntype = "rest"\ndeclaration = "{FILE}"\nsecrets = {{ client_secret = "s3cret" }}\n'
)

GITHUB = '[connectors.g]\ntype = "rest"\ndeclaration = "github"\n'


def written(folder: Path, text: str) -> Path:
    file = folder / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("type: page_number", "type: pages", r":15: client\.paginator\.type: there is no 'pages'"),
        ("oauth2_client_credentials", "oauth", r":11: client\.auth\.type: there is no 'oauth'"),
        ('"{secrets.client_secret}"', '"s3cret"', r":14: .*holds a secret itself \(valid: {secrets.NAME}\)"),
        ("{secrets.client_secret}", "{secrets.other}", r":14: .*names nothing that `secrets` has"),
        ("  paginator: {type: page_number, total_path: pages}\n", "", r":41: .*paginator: is missing, and"),
        ("deletes: listing", "deletes: told", r":31: .*nothing says how \(valid: deleted\)"),
        ("deletes: told\n", "deletes: listing\n", r":45: .*is listing, and `deleted` tells of them"),
        ("deletes: told\n    deleted: {state: withdrawn}", "deletes: listing", r":45: .*wants every row"),
        ("  primary_key: id\n", "", r":27: resources\[0\]\.primary_key: is missing"),
        ("row_order: asc", "row_order: up", r":44: .*row_order: 'up' is not valid \(valid: asc, desc\)"),
        ("start_param: changed_after, ", "", r":44: .*no way to leave old rows out"),
        ("{resources.branches.id}", "{resources.branch.id}", r":36: .*names nothing that `resources` has"),
        ("{resources.branches.id}", "1", r":37: .*has no parent: its path names no resource"),
        ("with_parent: true", "with_parents: true", r":37: .*did you mean with_parent\?"),
        ("    with_parent: true", "    deletes: unknown", r":38: .*owner: is of what is read with"),
        ("name: shelves", "name: loans", r":34: .*'loans' is the name of two"),
        ("id: int", "id: integer", r":48: .*'integer' is not valid; did you mean int\?"),
        ("changed_at:", "changedAt:", r":49: .*'changedAt' is not valid \(valid: lower-case"),
        ("table: loan_book", "table: branch", r":5\d: .*the table branch has another key elsewhere"),
        ("title: City libraries", "title: [", r":4: not YAML"),
        ("title: City libraries", "title: a\ntitle: b", r":3: title: stands here twice"),
        ("base_url: https://", "base_url: ", r":9: .*is no address"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in example()
    file = written(tmp_path, "\n" + example().replace(before, after, 1).removeprefix("\n"))
    with pytest.raises(DeclarationError, match=message) as told:
        read_declaration(file)
    assert "s3cret" not in str(told.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = example().replace("deletes: listing", "deletes: told").replace("row_order: asc", "row_order: up")
    with pytest.raises(DeclarationError) as told:
        read_declaration(written(tmp_path, text))
    assert len(told.value.problems) == 1  # forms first: what names mean is looked at when all can be read
    text = (
        example().replace("deletes: listing", "deletes: told").replace("{resources.branches", "{resources.x")
    )
    with pytest.raises(DeclarationError) as told:
        read_declaration(written(tmp_path, text))
    assert len(told.value.problems) == 2


@pytest.mark.parametrize("name", [*shipped(), FILE])
def test_its_json_schema_passes_what_is_read(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, example()) if name == FILE else file_of(name, tmp_path, "")
    read_declaration(file)
    validator = jsonschema.Draft202012Validator(declaration_schema())
    assert list(validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))) == []


def test_its_json_schema_knows_what_is_wrong() -> None:
    validator = jsonschema.Draft202012Validator(declaration_schema())
    for before, after in (
        ("row_order: asc", "row_order: up"),
        ("with_parent", "with_parents"),
        ("id: int", "id: no"),
    ):
        assert list(validator.iter_errors(yaml.safe_load(example().replace(before, after, 1))))


def test_what_comes_with_it_reads_what_the_docs_say() -> None:
    docs = (Path(__file__).parents[4] / "docs" / "rest-api.md").read_text(encoding="utf-8")
    for name, title in (("stripe", "Stripe"), ("github", "GitHub")):
        [section] = re.findall(rf"^## {title}\n(.*?)^## ", docs, re.DOTALL | re.MULTILINE)
        for stream in streams_of(read_declaration(file_of(name, Path(), ""))):
            for word in (stream.name, *(table.name for table in stream.tables)):
                assert f"`{word}`" in section, f"{word} of {title}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SETTINGS.replace(FILE, "connectors/none.yml"), r"toml:3: there is no declaration 'connectors"),
        (SETTINGS.replace(FILE, "strip"), r"toml:3: there is no declaration .* github, stripe"),
        (SETTINGS.replace("client_secret", "secret"), r"toml:4: City libraries has no secret 'secret'"),
        (SETTINGS + "parameters = { page = 5 }\n", r"toml:5: City libraries has no parameter 'page'"),
        (SETTINGS + 'streams = ["loan"]\n', r"toml:5: there is no stream 'loan' \(valid: branches, loans\)"),
        (GITHUB, "GitHub lacks its parameter 'repositories': owner"),
        (
            GITHUB + 'parameters = { repositories = "acme/app" }\n',
            r"toml:4: the parameter 'repositories' of GitHub is not that \(valid: repositories = \[",
        ),
    ],
)  # fmt: skip
def test_settings_have_what_the_declaration_wants(tmp_path: Path, text: str, message: str) -> None:
    written(tmp_path, example())
    with pytest.raises(ConfigError, match=message):
        read_connectors(parse_config(tmp_path / "mainstem.toml", text, {}))


def test_a_plan_knows_the_tables_without_the_secrets(tmp_path: Path) -> None:
    written(tmp_path, example())
    text = SETTINGS.replace('"s3cret"', '"env:NOBODY_SET_THIS"')
    config = parse_config(tmp_path / "mainstem.toml", text, {})
    [offered] = offer(OfferContext(config, tmp_path)).dags
    assert [outlet.rpartition("/")[2] for outlet in offered.dag.tasks[0].outlets] == [
        "branch", "shelf", "loan", "loan_book",
    ]  # fmt: skip
