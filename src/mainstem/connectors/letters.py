"""Types of columns in a letter each: what tables of streams are written in, read as columns of one letter."""

from __future__ import annotations

from mainstem.warehouse import ColumnType

B = ColumnType.BOOLEAN
I = ColumnType.INT  # noqa: E741 # the letter of its type
F = ColumnType.FLOAT
S = ColumnType.STRING
T = ColumnType.DATETIME
J = ColumnType.JSON
