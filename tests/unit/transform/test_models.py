from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import ConfigError
from mainstem.transform.models import DbtFiles, read_project

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def names_of(files: DbtFiles) -> dict[str, set[str]]:
    return {node.file.partition(".")[0]: set(node.names) for node in files.nodes}


def test_a_model_needs_what_it_names_and_what_macros_that_it_calls_name(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "dbt_project.yml": "name: shop",
            "models/a.sql": "select 1",
            "models/b.sql": "select 1",
            "models/c.py": "def model(dbt, session):\n    return dbt.ref('a')",
            "models/d.sql": "select * from {{ ref('a') }} join {{ outer_macro() }} {# not {{ ref('c') }} #}",
            "macros/m.sql": "{% macro outer_macro() %}{{ inner_macro('x') }}{% endmacro %}"
            '{%- macro inner_macro(y) -%}{{ ref("b") }}{%- endmacro -%}',
        },
    )
    assert names_of(read_project(project, {})) == {"a": set(), "b": set(), "c": {"a"}, "d": {"a", "b"}}


def test_a_name_that_a_model_hands_to_a_macro_counts(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "dbt_project.yml": "name: shop",
            "models/a.sql": "select 1",
            "models/b.sql": "{{ union_of(['a']) }}",
            "macros/m.sql": "{% macro union_of(m) %}{{ ref(m[0]) }}{% endmacro %}",
        },
    )
    assert names_of(read_project(project, {}))["b"] == {"a"}


def test_models_of_local_packages_count_and_others_are_noted(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "shop/dbt_project.yml": "name: shop",
            "shop/packages.yml": "packages:\n"
            "  - local: \"{{ env_var('PLACE') }}\"\n  - package: dbt-labs/dbt_utils\n",
            "shop/models/mine/b.sql": "select * from {{ ref('a') }}",
            "company/dbt_project.yml": "name: company\nmodel-paths: [transforms]",
            "company/transforms/staging/a.sql": "select * from {{ source('website', 'pages') }}",
        },
    )
    files = read_project(project / "shop", {"PLACE": str(project / "company")})
    assert files.packages == ("shop", "company")
    assert files.has_installed_packages
    found = {node.file: (node.package, node.folder, node.sources) for node in files.nodes}
    assert found == {
        "b.sql": ("shop", ("mine",), frozenset()),
        "a.sql": ("company", ("staging",), frozenset({"website.pages"})),
    }


def test_seeds_and_snapshots_are_nodes_too(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "dbt_project.yml": "name: shop",
            "seeds/countries.csv": "code\nde\n",
            "snapshots/kept.sql": "{% snapshot kept %}select * from {{ ref('countries') }}{% endsnapshot %}",
        },
    )
    kinds = {node.file: (node.kind, set(node.names)) for node in read_project(project, {}).nodes}
    assert kinds == {"countries.csv": ("seed", set()), "kept.sql": ("snapshot", {"countries"})}


def test_a_project_file_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"dbt_project.yml": "name: shop\nmodels: [\n"})
    with pytest.raises(ConfigError, match=r"dbt_project\.yml:3: not YAML"):
        read_project(tmp_path, {})


def test_a_version_of_a_model_is_known_by_the_models_name(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "dbt_project.yml": "name: shop",
            "models/orders_v2.sql": "select 1",
            "models/marts.sql": "select * from {{ ref('orders', v=2) }}",
        },
    )
    assert names_of(read_project(project, {})) == {"marts": {"orders"}, "orders_v2": set()}
