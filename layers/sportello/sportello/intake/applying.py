"""How stored inbound items enter their conversation: in slices, each applied exactly once."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pydantic import ValidationError

from sportello.aws.logs import logger
from sportello.bot.settings import BotSettings
from sportello.conversation.commands import (
    ReceivedItem,
    ReceiveMessages,
    RetryTurn,
)
from sportello.conversation.events import OwnerKind
from sportello.conversation.handing_over.agent_claims import waits_unasked
from sportello.conversation.terms import ServiceTerms
from sportello.delivery.outcomes import Outcome, Outcomes, key_of_message
from sportello.delivery.refused_channels import fault_in, tell_operators
from sportello.intake.joining import Joining
from sportello.language.conversation_language import language_of_message
from sportello.language.thanks import Courtesy, courtesy_of
from sportello.messaging.identifiers import read_tracker
from sportello.messaging.items import (
    Content,
    DeliveryStatus,
    Echo,
    FromCustomer,
    Message,
    Receipt,
    Visibility,
    is_from_customer,
    wants_answer,
)
from sportello.model import Model
from sportello.people.away import out_of_hours
from sportello.people.placement.assigning import Assigning
from sportello.table.desk import Committed, Desk, Step, line_language
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.items import Address, Conversation
from sportello.table.settings.settings_store import TERMS_OF_SERVICE, SettingsStore

SLICE = 40
"""Items in one transaction, which holds 100 writes."""


class TurnTaken(Model):
    """Whether the asking run now leads the turn, and how long to wait for the rest of a burst."""

    turn_started: bool
    collect_seconds: int


class Applying:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings
        self._outcomes = Outcomes(desk.table, lambda: settings)
        self._joining = Joining(desk, settings)
        self._assigning = Assigning(desk, settings)

    def receive(
        self, conversation_id: str, item_ids: Sequence[str], turn_id: str, now: datetime
    ) -> TurnTaken:
        """Apply items and lease the turn to `turn_id`, unless another run holds it.

        Without items an abandoned turn is taken over.
        """
        self._settings.read_together(BotSettings, *TERMS_OF_SERVICE)
        bot = self._settings.get(BotSettings)
        state = None
        for start in range(0, len(item_ids), SLICE):
            portion = item_ids[start : start + SLICE]
            state = self._apply(conversation_id, portion, turn_id, now).state
        if not item_ids:
            retry = RetryTurn(turn_id=turn_id, lease_seconds=bot.lease_seconds)
            state = self._desk.act(
                conversation_id,
                self._settings.under_terms(lambda _conversation, _terms: retry),
                now,
            ).state
        turn = state.turn if state else None
        return TurnTaken(
            turn_started=turn is not None and turn.leased_to == turn_id,
            collect_seconds=bot.collect_seconds if item_ids else 0,
        )

    def note(self, conversation_id: str, records: Sequence[InboundRecord], now: datetime) -> None:
        """Apply items that nobody answers: receipts, edits, reactions and the like."""
        for start in range(0, len(records), SLICE):
            portion = records[start : start + SLICE]
            try:
                self._note(conversation_id, portion, now)
            except ValidationError:
                # One of them tells of a message that cannot be read: those before it get their due.
                if len(portion) == 1:
                    raise
                for record in portion:
                    self._note(conversation_id, [record], now)

    def _note(self, conversation_id: str, records: Sequence[InboundRecord], now: datetime) -> None:
        """Apply a slice, each commit upon what the one before has left."""
        item_ids = [record.item_id for record in records]
        reports = [report for record in records if (report := _report_in(record))]
        effect_keys = [report.effect_key for report in reports]
        conversation = self._desk.table.load(
            conversation_id, item_ids=item_ids, effect_keys=effect_keys
        )
        conversation = self._joining.settle(conversation, now)
        for report in reports:
            conversation = self._desk.act(
                conversation_id,
                partial(self._step_of_report, report),
                now,
                item_ids=item_ids,
                effect_keys=effect_keys,
                start=conversation,
            ).after
            self._note_fault(report, conversation, now)
        self._apply(conversation_id, item_ids, "", now, conversation)

    def _note_fault(self, report: "_Report", conversation: Conversation, now: datetime) -> None:
        """Some a provider takes first and refuses later, though an operator could cure it."""
        receipt, address = report.receipt, conversation.address
        fault = fault_in(receipt.error_code)
        if fault and address and receipt.status is DeliveryStatus.REFUSED:
            channels = self._desk.table.channels
            code = receipt.error_code.partition(":")[2]
            tell_operators(channels, address.channel, receipt.account_id, fault, code, now)

    def _step_of_report(self, report: "_Report", conversation: Conversation) -> Step | None:
        """Record what became of a message; of one that is gone it is noted like other items."""
        inbound = {record.item_id: record for record in conversation.inbound}
        item = inbound.get(report.item_id)
        if item is None or item.applied:
            return None
        receipt = report.receipt
        outcome = Outcome(
            effect_key=report.effect_key,
            of_part=report.of_part,
            status=receipt.status,
            error_code=receipt.error_code,
            provider_message_id=receipt.provider_message_id,
        )
        step = self._outcomes.step(outcome, conversation)
        if step is None and not report.of_part:
            logger.warning("receipt for a message that is gone", effect_key=report.effect_key)
        return step.model_copy(update={"applied": (report.item_id,)}) if step else None

    def _apply(
        self,
        conversation_id: str,
        item_ids: Sequence[str],
        turn_id: str,
        now: datetime,
        start: Conversation | None = None,
    ) -> Committed:
        """Apply items here; those of a conversation that has moved go where it goes on."""

        def plan(conversation: Conversation) -> Step | None:
            unapplied = (record for record in conversation.inbound if not record.applied)
            records = sorted(unapplied, key=lambda record: record.place)
            if not records or conversation.state.leads_to:
                return None
            return self._step(conversation, records, turn_id, now)

        home = start or self._desk.table.load(conversation_id, item_ids=item_ids)
        home = self._joining.settle(home, now)
        committed = self._desk.act(conversation_id, plan, now, item_ids=item_ids, start=home)
        if _is_back_in_line(committed) or _is_in_another_line(committed):
            self._assigning.place(committed.before.conversation_id, now, committed.after)
        if committed.state.leads_to:
            self._desk.table.forward(conversation_id, item_ids, committed.state.leads_to)
        return committed

    def _step(
        self,
        conversation: Conversation,
        records: Sequence[InboundRecord],
        turn_id: str,
        now: datetime,
    ) -> Step:
        address = address_from(records, conversation.address)
        language = address.language if address else ""
        to_people = conversation.state.owner.is_people
        items = tuple(_facts(record, language, to_people=to_people) for record in records)
        self._settings.read_together(BotSettings, *TERMS_OF_SERVICE)
        bot = self._settings.get(BotSettings)
        terms = self._settings.terms(conversation, address)
        away = None
        state = conversation.state
        asks = any(item.wants_answer for item in items)
        owner_left = asks and self._owner_left(conversation, terms, now)
        if (state.owner.kind is OwnerKind.QUEUE or owner_left) and address is not None:
            away = out_of_hours(self._settings, terms, state.queue, address, now)
        return Step(
            command=ReceiveMessages(
                items=items,
                turn_id=turn_id,
                lease_seconds=bot.lease_seconds,
                follow_up_seconds=bot.follow_up_hours * 3_600,
                away=away,
                owner_left=owner_left,
                thanks_reopen=bot.thanks_reopen,
            ),
            terms=terms,
            address=address,
            applied=tuple(record.item_id for record in records),
        )

    def _owner_left(self, conversation: Conversation, terms: ServiceTerms, now: datetime) -> bool:
        """Tell whether an agent has it who is at work no more; who never said to be there is.

        What they have taken since they left stays theirs.
        """
        owner = conversation.state.owner
        if owner.kind is not OwnerKind.AGENT or terms.routing.when_an_agent_leaves == "none":
            return False
        work = self._desk.table.agents.work(owner.name)
        return work.has_left(owner.since or now, now)


def _is_back_in_line(committed: Committed) -> bool:
    """Tell whether an agent who has left does not have it any more."""
    before, after = committed.before.state.owner, committed.state.owner
    return before.kind is OwnerKind.AGENT and after.kind is OwnerKind.QUEUE


def _is_in_another_line(committed: Committed) -> bool:
    """Tell whether who waits turns out to speak another language, as agents may who have room."""
    before, after = committed.before.address, committed.after.address
    return waits_unasked(committed.state) and line_language(before) != line_language(after)


class _Report(Model):
    """What a receipt tells of a message of ours."""

    item_id: str
    effect_key: str
    of_part: bool
    receipt: Receipt


def _report_in(record: InboundRecord) -> _Report | None:
    item = record.item
    if isinstance(item, Receipt) and (ours := read_tracker(item.tracker)):
        key = key_of_message(ours[1])
        return _Report(item_id=record.item_id, effect_key=key, of_part=key != ours[1], receipt=item)
    return None


def _facts(record: InboundRecord, language: str, *, to_people: bool) -> ReceivedItem:
    """The bot greets whom a link brought here; people owe no answer to what nobody said."""
    item = record.item
    unsaid = to_people and isinstance(item, Message) and item.is_only_a_sign
    visibility = item.visibility if isinstance(item, FromCustomer) else Visibility.PRIVATE
    courtesy = _courtesy(item, language) if isinstance(item, Message) else Courtesy.NONE
    return ReceivedItem(
        item_id=record.item_id,
        kind=item.kind,
        wants_answer=wants_answer(item) and not unsaid,
        thanks=courtesy in {Courtesy.AGREEMENT, Courtesy.THANKS},
        agrees=courtesy in {Courtesy.AGREEMENT, Courtesy.SIGN},
        visibility=visibility,
        sent_at=item.sent_at,
        received_at=record.received_at,
        files=len(item.media) if isinstance(item, Content) else 0,
    )


def _courtesy(message: Message, language: str) -> Courtesy:
    """A sticker without a word is a sign; whatever else is attached, somebody has to look at."""
    if message.location or message.button_id or message.attachments:
        return Courtesy.NONE
    if message.media:
        is_sticker = all(media.kind == "sticker" for media in message.media)
        return Courtesy.SIGN if is_sticker and not message.text else Courtesy.NONE
    return courtesy_of(message.text, language)


def address_from(records: Sequence[InboundRecord], current: Address | None) -> Address | None:
    """Return how to reach the customer, as their newest items tell it."""
    address = current
    for record in sorted(records, key=lambda inbound: inbound.place):
        item = record.item
        if not is_from_customer(item) or (address and isinstance(item, Echo)):
            # The business may have dialled them in another way than they are reached.
            continue
        if address and address.as_of and item.sent_at < address.as_of:
            continue
        language = address.language if address else ""
        name = address.display_name if address else ""
        origin = address.origin if address else None
        if isinstance(item, Message):
            language = language_of_message(item.text, language, item.language_hint)
            name = item.display_name or name
            origin = item.origin or origin
        newer = Address(
            channel=record.channel,
            account_id=item.account_id,
            reply_to=item.reply_to,
            display_name=name,
            language=language,
            origin=origin,
            as_of=item.sent_at,
            channel_kind=record.channel_kind,
            tone=record.tone,
            verified=record.verified,
        )
        # What a later version knows of the customer stays.
        address = address.model_copy(update=dict(newer)) if address else newer
    return address
