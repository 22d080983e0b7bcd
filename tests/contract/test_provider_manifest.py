"""The provider for Airflow, which imports nothing of ours, reads exactly what we write."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest

from mainstem.manifest import model

if TYPE_CHECKING:
    from types import ModuleType

FILE = Path(__file__).parents[2] / "packages/mainstem-airflow/src/mainstem_airflow/manifest.py"
STRUCTS = [
    "SecretRef",
    "Resources",
    "Task",
    "CronSchedule",
    "AssetSchedule",
    "Dag",
    "Pool",
    "Manifest",
]


@pytest.fixture(scope="module")
def provider() -> ModuleType:
    """Its module alone: it needs no Airflow."""
    spec = importlib.util.spec_from_file_location("provider_manifest", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # msgspec looks annotations up there
    spec.loader.exec_module(module)
    return module


def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Defaults by field."""
    return {each.name: _default(each) for each in msgspec.structs.fields(struct)}


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if isinstance(field.default, msgspec.Struct):
        return msgspec.structs.asdict(field.default)
    return field.default_factory if field.default is msgspec.NODEFAULT else field.default


@pytest.mark.parametrize("name", STRUCTS)
def test_its_values_have_our_fields_and_defaults(provider: ModuleType, name: str) -> None:
    ours, theirs = getattr(model, name), getattr(provider, name)

    assert _fields(theirs) == _fields(ours)
    assert theirs.__struct_config__.tag == ours.__struct_config__.tag


def test_no_value_of_ours_is_unknown_to_it() -> None:
    values = [
        name
        for name, each in vars(model).items()
        if isinstance(each, type) and issubclass(each, msgspec.Struct) and not name.startswith("_")
    ]

    assert sorted(values) == sorted(STRUCTS)


def test_it_knows_the_same_trigger_rules_and_version(provider: ModuleType) -> None:
    assert get_args(provider.TriggerRule) == get_args(model.TriggerRule)
    versions = msgspec.structs.fields(model.Manifest)
    assert [each.default for each in versions if each.name == "version"] == [provider.VERSION]


def test_it_asks_for_nothing_of_ours_nor_of_airflow() -> None:
    source = FILE.read_text(encoding="utf-8")

    assert "airflow." not in source
    assert "mainstem." not in source
