"""The tags LookML adds to Liquid. What each comes to is asked of the `Values` a text is rendered with."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidSyntaxError
from liquid.parser import get_parser
from liquid.tag import Tag
from liquid.token import TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_TAG

if TYPE_CHECKING:
    from typing import TextIO

    from liquid import RenderContext, Token
    from liquid.stream import TokenStream

    from mainstem.semantics.liquid.templates import Values

RENDERER = "mainstem renderer"
"""Name of the `Values` among the names of a text; no text can spell it."""


class NamedNode(Node):
    """`{% tag name %}`"""

    __slots__ = ("name",)

    def __init__(self, token: Token, name: str) -> None:
        super().__init__(token)
        self.name = name

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        values: Values = context.globals[RENDERER]  # type: ignore[assignment] # put there by `render`
        match self.token.value:
            case "parameter":
                text = values.parameter(self.name)
            case "date_start":
                text = values.date_start(self.name)
            case _:
                text = values.date_end(self.name)
        return buffer.write(text)


class ConditionNode(Node):
    """`{% condition name %} sql {% endcondition %}`"""

    __slots__ = ("block", "name")

    def __init__(self, token: Token, name: str, block: BlockNode) -> None:
        super().__init__(token)
        self.name = name
        self.block = block

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        values: Values = context.globals[RENDERER]  # type: ignore[assignment] # put there by `render`
        inner = io.StringIO()
        self.block.render(context, inner)
        return buffer.write(values.condition(self.name, inner.getvalue().strip()))


class IncrementNode(Node):
    """`{% incrementcondition %} sql {% endincrementcondition %}`: tables are read whole, so all rows pass."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write("1 = 1")


class NamedTag(Tag):
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        if stream.current.kind != TOKEN_EXPRESSION:
            raise LiquidSyntaxError(f"{token.value} names no field", token=token)
        return NamedNode(token, stream.current.value.strip())  # the parser goes on from the last token


class ParameterTag(NamedTag):
    name = "parameter"


class DateStartTag(NamedTag):
    name = "date_start"


class DateEndTag(NamedTag):
    name = "date_end"


class ConditionTag(Tag):
    name = "condition"
    end = "endcondition"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        name = _name(stream)
        block = get_parser(self.env).parse_block(stream, frozenset((self.end, TOKEN_EOF)))
        stream.expect(TOKEN_TAG, value=self.end)
        return ConditionNode(token, name, block)


class IncrementConditionTag(Tag):
    name = "incrementcondition"
    end = "endincrementcondition"

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        _name(stream)
        get_parser(self.env).parse_block(stream, frozenset((self.end, TOKEN_EOF)))
        stream.expect(TOKEN_TAG, value=self.end)
        return IncrementNode(token)


def _name(stream: TokenStream) -> str:
    """What follows the tag's word; may be nothing."""
    if stream.current.kind != TOKEN_EXPRESSION:
        return ""
    return stream.eat(TOKEN_EXPRESSION).value.strip()


TAGS = (ParameterTag, DateStartTag, DateEndTag, ConditionTag, IncrementConditionTag)
