"""What a payload proves about one person is made true: their handles lead to one conversation.

Each handle derives the id of a conversation, so that receiving needs no read. Which of them goes on
is found out here, once for each new handle: the state remembers the handles that lead to it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sportello.aws.logs import logger
from sportello.conversation.commands import LinkHandles, MoveTo
from sportello.conversation.events import Author, MessageQueued, TurnAnswered
from sportello.conversation.identity import are_strangers, goes_on_before, other_conversation
from sportello.conversation.terms import ServiceTerms
from sportello.errors import StorageBusy
from sportello.messaging.identifiers import Alias
from sportello.messaging.items import DeliveryStatus, HandleChange
from sportello.model import Model
from sportello.table.desk import MAX_ATTEMPTS, Desk, Step
from sportello.table.desk_table import MOST_MOVES
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore

_FORMERLY = "formerly"
"""The kind of an alias that no handle has: it is where a conversation had moved to."""


_LOOKED_BACK = 20
"""Commits among which the last answers of the bot are."""


class Lead(Model):
    """Where a handle leads: what it derives, and the conversation that goes on for that."""

    alias: Alias
    derived: Conversation
    end: Conversation


class Joining:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings

    def settle(self, home: Conversation, now: datetime) -> Conversation:
        """Make true what the unapplied items of a conversation prove; costs nothing without news.

        Returns the conversation as it is then: `moved_to` names the one that goes on, if that is
        another. What is not proven yet then, its copy proves there.
        """
        for _ in range(MAX_ATTEMPTS):
            record = None if home.state.leads_to else _news(home)
            if record is None:
                return home
            self._take_a_step(home, record, now)
            home = self._desk.table.load(
                home.conversation_id,
                item_ids=[record.item_id for record in home.inbound],
                effect_keys=[record.effect.key for record in home.effects],
            )
        raise StorageBusy("the conversations of one person could not be joined")

    def _take_a_step(self, home: Conversation, record: InboundRecord, now: datetime) -> None:
        """Point what is free to this conversation, and join one other at most."""
        leads = self._leads(home, record.aliases)
        own = [a for a in record.aliases if a.conversation_id == home.conversation_id]
        names = {*home.state.aliases, *(alias.short for alias in record.aliases)}
        foreign = [
            lead.alias
            for lead in leads
            if not _is_announced(lead.alias, record)
            and are_strangers(lead.end.state.aliases, names)
        ]
        theirs = [lead for lead in leads if lead.alias not in foreign and _is_other(lead, home)]
        others = list({lead.end.conversation_id: lead.end for lead in theirs}.values())
        if not home.state.sequence and len(others) > 1:
            one, two = others[:2]
            stays, moves = (two, one) if _goes_on_before(two, one) else (one, two)
            came_with = [lead.alias for lead in theirs if lead.end in (one, two)]
            if not are_strangers({*stays.state.aliases, *names}, moves.state.aliases):
                self._commit(stays, moves, came_with, [], now)
                return
        other = others[0] if others else None
        if other is not None and _goes_on_before(other, home):
            came_with = [lead.alias for lead in leads if lead.end == other]
            self._commit(other, home, [*own, *came_with], [], now)
            return
        waiting = {one.conversation_id for one in others[1:]}
        here = [lead for lead in leads if lead.end.conversation_id not in waiting]
        passed_on = [alias for alias in foreign if _is_held(alias, record)]
        free = [lead.derived for lead in here if _is_free(lead, home, passed_on)]
        self._commit(home, other, [*own, *(lead.alias for lead in here)], free, now)

    def _leads(self, home: Conversation, aliases: Iterable[Alias]) -> list[Lead]:
        """Follow the handles that are new here to what goes on for them."""
        new = list(_new_aliases(home, aliases))
        if home.state.moved_to:
            # An earlier version, which knows of no moving, has brought it back to life.
            new.append(Alias(_FORMERLY, home.state.moved_to))
        read = self._desk.table.load_several(alias.conversation_id for alias in new)
        read[home.conversation_id] = home
        for _ in range(MOST_MOVES):
            ahead = {one.state.leads_to for one in read.values()} - read.keys() - {""}
            if not ahead:
                break
            read |= self._desk.table.load_several(ahead)
        leads = []
        for alias in new:
            end = derived = read[alias.conversation_id]
            for _ in range(MOST_MOVES):
                end = read.get(end.state.leads_to, end)
            if end.state.leads_to:
                raise StorageBusy("handles lead on and on")
            leads.append(Lead(alias=alias, derived=derived, end=end))
        return leads

    def _commit(
        self,
        stays: Conversation,
        moves: Conversation | None,
        aliases: Iterable[Alias],
        free: Iterable[Conversation],
        now: datetime,
    ) -> None:
        """Write it in one transaction; where another writer was faster, the next look decides."""
        joins = moves if moves and moves.state.episode else None
        shorts = (alias.short for alias in aliases if alias.kind != _FORMERLY)
        names = [*shorts, *(moves.state.aliases if moves else ())]
        link = LinkHandles(
            aliases=tuple(dict.fromkeys(names)),
            joins=other_conversation(joins.conversation_id, joins.state) if joins else None,
        )
        to_people = stays.state.owner.is_people
        items = self._handed_on(joins, to_people=to_people) if joins else []
        leave = MoveTo(conversation_id=stays.conversation_id)
        steps = [(stays, Step(command=link, terms=self._settings.terms(stays)))]
        if moves is not None:
            moving = leave.model_copy(update={"items": tuple(items), "to_people": to_people})
            steps.append((moves, Step(command=moving, terms=self._settings.terms(moves))))
        steps += [(one, Step(command=leave, terms=ServiceTerms())) for one in free]
        if self._desk.act_together(steps, now) is None or moves is None:
            return
        logger.info("one person's conversations joined", moved=moves.conversation_id)
        self._desk.table.forward(moves.conversation_id, items[:1], stays.conversation_id)

    def _handed_on(self, moves: Conversation, *, to_people: bool) -> list[str]:
        """Return what still waits for an answer, as far as its content is not deleted."""
        turn = moves.state.turn
        waiting = [item.item_id for item in turn.items] if turn else []
        if to_people:
            waiting = [*self._answered_too_late(moves), *waiting]
        content = self._desk.table.content(moves.conversation_id, item_ids=waiting)
        return [record.item_id for record in content.inbound]

    def _answered_too_late(self, moves: Conversation) -> list[str]:
        """Return what the bot has answered, where people come before the answer leaves."""
        statuses = moves.state.recent_deliveries
        queued = [sent.effect_key for sent in statuses if sent.status is DeliveryStatus.QUEUED]
        if not queued:
            return []
        content = self._desk.table.content(moves.conversation_id, effect_keys=queued)
        withdrawn = {r.effect.key for r in content.effects if r.status is DeliveryStatus.QUEUED}
        log = self._desk.table.log_page(moves.conversation_id, _LOOKED_BACK)
        return [
            item_id
            for commit in reversed(log)
            if any(
                isinstance(event, MessageQueued)
                and event.author is Author.BOT
                and event.effect_key in withdrawn
                for event in commit.events
            )
            for event in commit.events
            if isinstance(event, TurnAnswered)
            for item_id in event.item_ids
        ]


def _news(home: Conversation) -> InboundRecord | None:
    """Return an item that tells of a handle which is new here."""
    unapplied = (record for record in home.inbound if not record.applied)
    revived = bool(home.state.moved_to)
    return next((r for r in unapplied if revived or any(_new_aliases(home, r.aliases))), None)


def _new_aliases(home: Conversation, aliases: Iterable[Alias]) -> Iterator[Alias]:
    for alias in aliases:
        if alias.conversation_id != home.conversation_id and alias.short not in home.state.aliases:
            yield alias


def _is_other(lead: Lead, home: Conversation) -> bool:
    """Whether somebody's conversation is there already, and another than this."""
    return bool(lead.end.state.sequence) and lead.end.conversation_id != home.conversation_id


def _is_announced(alias: Alias, record: InboundRecord) -> bool:
    """Whether a notice vouches for a handle: an id, or the one they went by; no new number."""
    is_notice = isinstance(record.item, HandleChange)
    return is_notice and (alias.lasting or alias == record.aliases[0])


def _is_held(alias: Alias, record: InboundRecord) -> bool:
    """Whether the person has a handle now; a notice names those of before, too."""
    item = record.item
    if not isinstance(item, HandleChange):
        return alias in record.aliases
    handles = dict.fromkeys((item.handle, *item.other_handles))
    held = [
        a for handle, a in zip(handles, record.aliases, strict=False) if handle == item.reply_to
    ]
    return alias in held


def _is_free(lead: Lead, home: Conversation, passed_on: Iterable[Alias]) -> bool:
    """Whether what a handle derives may be pointed here.

    Nobody has been there; or it points to somebody else who had the number before.
    """
    if lead.end.conversation_id == home.conversation_id:
        return False
    pointer = bool(lead.derived.state.leads_to)
    return not lead.derived.state.sequence or (pointer and lead.alias in passed_on)


def _goes_on_before(other: Conversation, home: Conversation) -> bool:
    if not home.state.sequence:
        return True
    return goes_on_before((other.conversation_id, other.state), (home.conversation_id, home.state))
