"""What following a link does: to look at it asks, to send its form answers, once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sportello.aws.logs import Metric, count, logger
from sportello.people.auditing import GivenAnswer, keep_answer
from sportello.people.notifying.answer_links import Answer, AnswerLink, read_token
from sportello.people.notifying.answering import Answered, Answering, standing
from sportello.people.notifying.open_offers import is_open_to
from sportello.table.desk import Desk
from sportello.table.settings.settings_store import SettingsStore

ROUTE = "/answers/{token}"

KEPT_SECONDS, LOOKED_AT_ANEW_SECONDS = 300.0, 10.0
"""How old the keys may be that a link is held against, and where none of them fits."""

UNDER_WAY_FOR = timedelta(minutes=1)
"""Longer than an answer takes: given twice it does no harm, but given by nobody it is lost."""

type ReadKeys = Callable[[float], Sequence[bytes]]
"""Gives the keys that links are signed with, as they stood at most so many seconds ago."""


class Face(StrEnum):
    """What a page says: it `asks`, tells what became of an answer, or why there is none."""

    ASKS = "asks"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN = "taken"
    OVER = "over"
    NO_ROOM = "no_room"
    UNDER_WAY = "under_way"
    EXPIRED = "expired"
    FORGED = "forged"


class LinkPage(NamedTuple):
    """`answer` is what the form of a page that asks sends; `queue` and `minutes` are its matter.

    `refused` says that nothing was done that the call asked for.
    """

    face: Face
    answer: Answer | None = None
    queue: str = ""
    channel: str = ""
    minutes: int = 0
    refused: bool = False


class LinkAnswers:
    def __init__(self, desk: Desk, settings: SettingsStore, keys: ReadKeys) -> None:
        self._desk = desk
        self._answering = Answering(desk, settings)
        self._keys = keys

    def look(self, token: str, now: datetime) -> LinkPage:
        """Return the page of a link; mail scanners follow links, so that nothing is written."""
        link = self._signed(token)
        if link is None:
            return _refused(Face.FORGED)
        if _is_late(link, now):
            return _refused(Face.EXPIRED)
        conversation = self._desk.table.load(link.conversation_id)
        state, address = conversation.state, conversation.address
        if not is_open_to(state, link.offer_id, link.agent_id):
            return LinkPage(Face(standing(state, link.agent_id)))
        since = state.waiting_since or now
        return LinkPage(
            Face.ASKS,
            answer=link.answer,
            queue=state.queue,
            channel=address.channel if address else "",
            minutes=max(0, int((now - since).total_seconds()) // 60),
        )

    def answer(self, token: str, now: datetime) -> LinkPage:
        """Give the answer of a link, if nobody has done so before; audited like any other act."""
        link = self._signed(token)
        if link is None:
            return _refused(Face.FORGED)
        given = GivenAnswer(ROUTE, link.name, link.agent_id, link.conversation_id, link.answer)
        try:
            page = self._answered(link, now)
        except Exception:
            keep_answer(self._desk.table, given, None, now)
            raise
        outcome = Face.UNDER_WAY if page.refused else page.face
        keep_answer(self._desk.table, given, outcome, now)
        return page

    def _answered(self, link: AnswerLink, now: datetime) -> LinkPage:
        if _is_late(link, now):
            return _refused(Face.EXPIRED)
        links = self._desk.table.links
        if not links.use(link.name, now, free_at=now + UNDER_WAY_FOR):
            return self._used_before(link)
        try:
            outcome = self._give(link, now)
        except Exception:
            links.give_back(link.name, now)
            raise
        if outcome is Answered.NO_ROOM:
            links.give_back(link.name, now)
        else:
            links.note_outcome(link.name, outcome, now)
        return LinkPage(Face(outcome))

    def _give(self, link: AnswerLink, now: datetime) -> Answered:
        give = {Answer.ACCEPT: self._answering.accept, Answer.DECLINE: self._answering.decline}
        return give[link.answer](link.conversation_id, link.offer_id, link.agent_id, now)

    def _signed(self, token: str) -> AnswerLink | None:
        link = read_token(token, self._keys(KEPT_SECONDS))
        if link is None:
            # It may be signed with a key that was changed a moment ago.
            link = read_token(token, self._keys(LOOKED_AT_ANEW_SECONDS))
        if link is not None:
            logger.append_keys(conversation_id=link.conversation_id, agent_id=link.agent_id)
        return link

    def _used_before(self, link: AnswerLink) -> LinkPage:
        outcome = self._desk.table.links.outcome(link.name)
        return _refused(Face(outcome) if outcome in list(Answered) else Face.UNDER_WAY)


def _is_late(link: AnswerLink, now: datetime) -> bool:
    return now >= link.expires_at or link.answer not in list(Answer)


def _refused(face: Face) -> LinkPage:
    logger.info("link is refused", reason=face.value)
    count(Metric.LINKS_REFUSED, "answers")
    return LinkPage(face, refused=True)
