"""A frequent question with its answer, as settings and the packaged data hold it. Pure."""

from typing import Annotated

from pydantic import Field

from sportello.language.particular_kinds import ParticularKind
from sportello.model import Model
from sportello.sla.clocks import PromiseTerms


class FaqEntry(Model):
    """One answer and the ways it is asked for; the more ways, the better it is found.

    `promise` is what the answer promises, such as to call back within the hour. `holds_for_any`
    names the particulars that do not matter to the answer: with `date`, "Are you open?" answers
    for any day that a customer asks about.
    """

    id: str = Field(min_length=1)
    questions: Annotated[tuple[str, ...], Field(min_length=1)]
    answer: str = Field(min_length=1)
    promise: PromiseTerms | None = None
    holds_for_any: tuple[ParticularKind, ...] = ()
