"""What notices say to people: the part `notices` of a language's folder. Pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import StringConstraints

from sportello.language.languages import by_language, default_language, languages, part
from sportello.model import Model
from sportello.people.notifying.notifier import AddressFault

type NoticeLanguage = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""In which people are rung; one that is stored may be a later version's, which rings all the same.

Whoever writes one down is asked `language_faults`.
"""


class Labels(Model):
    """What stands before a fact."""

    queue: str
    priority: str
    channel: str
    customer: str
    agent: str
    waiting_since: str
    due_at: str
    expires_at: str
    rung_at: str


class AnswerTexts(Model):
    """What somebody is told who answers an offer from where they were rung.

    `accepted_by` names the `{person}`; `unknown_person` the `{person_id}` and the `{endpoint}`.
    """

    accepted_by: str
    accepted: str
    declined: str
    over: str
    no_room: str
    unknown_person: str
    not_for_you: str
    not_genuine: str


class NoticeTexts(Model):
    """`headings` go by notice, `outcomes` by how an offer ended; a later version may have more.

    `files` go by what one is shown as; a language that lacks them says `other_file`, or its kind.
    """

    headings: Mapping[str, str]
    other_heading: str
    outcomes: Mapping[str, str]
    other_outcome: str
    labels: Labels
    priorities: Mapping[str, str]
    authors: Mapping[str, str]
    files: Mapping[str, str] = {}
    other_file: str = ""
    accept: str
    decline: str
    answers: AnswerTexts

    def heading(self, notice: str) -> str:
        return self.headings.get(notice, self.other_heading)

    def file(self, kind: str) -> str:
        return self.files.get(kind, self.other_file) or kind

    def outcome(self, notice: str) -> str:
        """Say what became of an offer, from the notice that ends it."""
        return self.outcomes.get(notice.removeprefix("offer."), self.other_outcome)


def notice_languages() -> tuple[str, ...]:
    """Return the languages in which people can be rung."""
    return tuple(code for code in languages() if part(code, "notices") is not None)


def language_faults(language: str | None) -> Sequence[AddressFault]:
    """Say why nobody can be rung in a language that an address names, if so."""
    languages = notice_languages()
    if language is None or language in languages:
        return []
    return [AddressFault(field="language", detail=f"There are: {', '.join(languages)}.")]


def notice_texts(language: str | None) -> NoticeTexts:
    """Return the texts of a language; of the packaged one where there are none, or nobody chose."""
    return _texts_of(language if language in notice_languages() else default_language())


@by_language
def _texts_of(language: str) -> NoticeTexts:
    return NoticeTexts.model_validate(part(language, "notices"))
