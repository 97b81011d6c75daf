"""How notices to people are worded in a language: titles, names of facts, buttons. Pure."""

from collections.abc import Mapping

from sportello.language.languages import by_language, default_language, part
from sportello.model import Model

OTHER = "other"
"""The title of a notice that has none of its own."""


class NoticeForms(Model):
    """`titles` are by notice, `facts` by what they tell; nothing in them is filled in."""

    titles: Mapping[str, str]
    facts: Mapping[str, str]
    priorities: Mapping[str, str]
    accept: str
    decline: str
    one_person: str

    def title(self, notice: str) -> str:
        return self.titles.get(notice, self.titles[OTHER])


@by_language
def notice_forms(language: str) -> NoticeForms:
    """Return a language's own forms, those of the packaged default where it has none."""
    own = part(language, "notices")
    return NoticeForms.model_validate(own or part(default_language(), "notices"))
