"""What can only be judged once all models are read: whether every name in them means something.

Nothing is changed here, and nothing raises: what is wrong goes to `Problems`. A view that many models share
is judged once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.checking.cycles import check_field_cycles, check_table_cycles
from mainstem.semantics.checking.explores import check_data_test, check_explore, check_source
from mainstem.semantics.checking.expressions import check_expression
from mainstem.semantics.checking.fan_out import check_fan_out
from mainstem.semantics.checking.references import check_references
from mainstem.semantics.checking.templates import check_explore_templates, check_templates
from mainstem.semantics.checking.uses import uses_of
from mainstem.semantics.checking.views import check_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.model import Model
    from mainstem.semantics.problems import Problems

__all__ = ["check_expression", "check_models"]


def check_models(models: Mapping[str, Model], problems: Problems) -> None:
    for used in uses_of(models.values()):
        check_view(used, problems)
        check_references(used, problems)
        check_field_cycles(used.view, problems)
        check_fan_out(used, problems)
        check_templates(used, problems)
        table = used.view.derived_table
        if table and table.explore_source:
            check_source(used, table.explore_source, problems)
    for model in models.values():
        for explore in model.explores.values():
            check_explore(model, explore, problems)
            check_explore_templates(explore, problems)
        for test in model.tests.values():
            check_data_test(models.values(), test, problems)
        check_table_cycles(model, problems)
