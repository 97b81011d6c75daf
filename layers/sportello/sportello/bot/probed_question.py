"""What is told of a question that somebody tries out. Pure.

Apart from what works it out, which loads the search: who describes the answer needs none of it.
"""

from typing import Literal

from sportello.language.languages import Language
from sportello.model import Model
from sportello.sla.clocks import PromiseTerms


class FaqAnswer(Model):
    id: str
    text: str
    promise: PromiseTerms | None


class NearEntry(Model):
    """An entry and the question of it that is nearest; `confidence` is 0 to 1.

    With `particulars_differ` a number, a day or the like is not the same, and it never answers.
    """

    id: str
    question: str
    answer: str
    confidence: float
    particulars_differ: bool


class ProbedQuestion(Model):
    """What becomes of a question: the bot answers, or a person does, for a reason.

    It is `nothing` where mere thanks are owed no answer. `nearest` are entries by how near they
    are to the whole of it; who reaches `threshold` is sure.
    """

    language: Language
    outcome: Literal["answer", "person", "nothing"]
    reason: str | None
    answer: FaqAnswer | None
    threshold: float
    nearest: tuple[NearEntry, ...]
