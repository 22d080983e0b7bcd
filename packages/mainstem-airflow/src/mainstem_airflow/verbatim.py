"""Fields of an operator that Airflow shows, and stores as it ran them, but whose text is no template.

Promise: an argument like `{{ this }}` (dbt's, Helm's, a shell's) reaches its program as the manifest has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    import jinja2
    from airflow.sdk import BaseOperator, Context

    _Base = BaseOperator
else:
    _Base = object


class VerbatimFields(_Base):
    """Mixed in before an operator; only `rendered_fields` of its `template_fields` are rendered."""

    rendered_fields: ClassVar[tuple[str, ...]] = ()

    def _do_render_template_fields(
        self,
        parent: Any,
        template_fields: Iterable[str],
        context: Context,
        jinja_env: jinja2.Environment,
        seen_oids: set[int],
    ) -> None:
        if parent is self:
            template_fields = [name for name in template_fields if name in self.rendered_fields]
        super()._do_render_template_fields(parent, template_fields, context, jinja_env, seen_oids)
