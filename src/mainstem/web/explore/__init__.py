"""An explore in the browser: a question, its address, and everything that leads to another question.

Promise: the address is the whole state. Back, forward, a bookmark and a colleague get the same question;
every control is a link or a form to another address.
"""

from __future__ import annotations

from mainstem.web.explore.address import address_of, address_with, explore_path, read_question
from mainstem.web.explore.question import Question, question_of

__all__ = ["Question", "address_of", "address_with", "explore_path", "question_of", "read_question"]
