"""What notices say to people: the part `notices` of a language's folder. Pure."""

from collections.abc import Mapping

from sportello.language.languages import by_language, default_language, languages, part
from sportello.model import Model


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
    """`headings` go by notice, `outcomes` by how an offer ended; a later version may have more."""

    headings: Mapping[str, str]
    other_heading: str
    outcomes: Mapping[str, str]
    other_outcome: str
    labels: Labels
    priorities: Mapping[str, str]
    authors: Mapping[str, str]
    accept: str
    decline: str
    answers: AnswerTexts

    def heading(self, notice: str) -> str:
        return self.headings.get(notice, self.other_heading)

    def outcome(self, notice: str) -> str:
        """Say what became of an offer, from the notice that ends it."""
        return self.outcomes.get(notice.removeprefix("offer."), self.other_outcome)


def notice_languages() -> tuple[str, ...]:
    """Return the languages in which people can be rung."""
    return tuple(code for code in languages() if part(code, "notices") is not None)


def notice_texts(language: str | None) -> NoticeTexts:
    """Return the texts of a language; of the packaged one where there are none, or nobody chose."""
    return _texts_of(language if language in notice_languages() else default_language())


@by_language
def _texts_of(language: str) -> NoticeTexts:
    return NoticeTexts.model_validate(part(language, "notices"))
