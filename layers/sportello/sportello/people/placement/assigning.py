"""Whoever waits for a person is brought to the agent who fits best, from both sides.

A conversation has its place in line before it looks at the seats, an agent their seats before they
look at the lines, and all reads are consistent: of two who come at the same moment at least one
sees the other. What either decides is committed only while the agent is as they were read.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sportello.aws.logs import logger
from sportello.conversation.commands import OfferToAgent
from sportello.conversation.handing_over.agent_claims import OFFER_GRACE, claims_of
from sportello.conversation.people_commands import LeaveAgent
from sportello.conversation.terms import ServiceTerms
from sportello.hours.settings import OpeningHoursSettings
from sportello.people.placement.choosing import Choosing, Chosen, Upcoming
from sportello.people.placement.seating import Seating
from sportello.people.placement.unreadable import passed_over
from sportello.people.story_packets import story_packet
from sportello.queues.settings import QueueSettings
from sportello.routing.endpoints import own_bells
from sportello.routing.line import InLine
from sportello.routing.presence import Presence
from sportello.routing.seating import with_claim
from sportello.routing.settings import QueueRouting, RoutingSettings
from sportello.routing.work import Claim
from sportello.table.agents.agent_items import AgentRecord, place_key
from sportello.table.agents.agent_writes import Reseating
from sportello.table.desk import Committed, Desk, Step, in_line
from sportello.table.desk_table import Conflict
from sportello.table.items import Conversation
from sportello.table.settings.settings_store import SettingsStore

MOST_IN_A_RUN = 50
"""Conversations tried for one agent in a run; whatever is left, the sweep goes on with."""

MOST_IN_VAIN = 5
"""Of one queue, in a run: where so many are not to be had, other queues come before the rest."""


class _Tries:
    """Who has been tried for an agent in a run, and in which queues in vain."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.in_vain: Counter[str] = Counter()
        self.have_led_on = False

    def note(self, waiting: InLine, *, has_led_on: bool) -> None:
        self.names.add(waiting.conversation_id)
        self.in_vain[waiting.queue] += not has_led_on
        self.have_led_on |= has_led_on


class Assigning:
    def __init__(self, desk: Desk, settings: SettingsStore) -> None:
        self._desk = desk
        self._settings = settings
        self._seating = Seating(desk.table, settings)
        self._choosing = Choosing(desk.table, self._seating)

    def place(self, conversation_id: str, now: datetime, start: Conversation | None = None) -> None:
        """Have the agent asked who fits best, where somebody waits and nobody is asked."""
        self._ask_somebody(conversation_id, now, start)

    def anybody_at(self, queue: str) -> bool:
        return self._desk.table.lines.anybody_at(queue)

    def _ask_somebody(
        self,
        conversation_id: str,
        now: datetime,
        start: Conversation | None = None,
        place: InLine | None = None,
    ) -> Committed:
        """Ask whoever fits best; `place` is where the conversation was just read."""

        def plan(conversation: Conversation) -> Step | None:
            terms = self._settings.terms(conversation)
            waiting = in_line(conversation, terms)
            if waiting is None or terms.staffing(waiting.queue, now).closed is not None:
                return None
            if place is None or place_key(place) != place_key(waiting):
                self._see_to_place(waiting, conversation.state.sequence)
            chosen = self._choosing.agent_for(waiting, terms, now)
            return self._offer(conversation, waiting, terms, chosen, now) if chosen else None

        committed = self._desk.act(conversation_id, plan, now, start=start)
        if committed.decision.events:
            logger.info("an agent was chosen", conversation_id=conversation_id)
        return committed

    def _see_to_place(self, waiting: InLine, sequence: int) -> None:
        """Let who waits have a place before anybody is looked for; raises Conflict if late."""
        lines = self._desk.table.lines
        if not lines.has_place(waiting) and not lines.put_place(waiting, sequence):
            raise Conflict

    def _offer(
        self,
        conversation: Conversation,
        waiting: InLine,
        terms: ServiceTerms,
        chosen: Chosen,
        now: datetime,
    ) -> Step:
        agent, routing = chosen.record.agent, terms.queue(waiting.queue).routing
        assigns = routing.assignment == "assign"
        expires_at = now + timedelta(seconds=routing.offer_seconds)
        claim = Claim(
            conversation_id=waiting.conversation_id,
            units=waiting.units,
            since=now,
            offered=not assigns,
            counts_until=None if assigns else expires_at + OFFER_GRACE,
        )
        seats = self._seating.seats_of(with_claim(agent, claim, now), now)
        bells = own_bells(agent.agent_id, agent.profile.endpoints)
        return Step(
            command=OfferToAgent(
                handoff_id=conversation.state.handoff_id,
                agent_id=agent.agent_id,
                endpoints=bells,
                units=waiting.units,
                expires_at=expires_at,
                choice=chosen.choice,
                packet=story_packet(self._desk.table, conversation) if bells else {},
                assigns=assigns,
            ),
            terms=terms,
            agent_versions={agent.agent_id: agent.work.version},
            reseated={agent.agent_id: Reseating(had=chosen.record.held_seats, has=seats)},
        )

    # --- from the agent's side --------------------------------------------------------------

    def settle(self, agent_id: str, now: datetime, *, unasked: bool = False) -> None:
        """Bring an agent's seats up to date, and give them what waits as far as they have room.

        `unasked` time may have changed something; else there is nothing to do once it is done.
        """
        if not unasked and not self._desk.table.agents.is_due(agent_id):
            return
        record = self._seating.seat(agent_id, now)
        if (
            self._hears_nothing(record, now)
            or self._leaves(record, now)
            or (unasked and self._has_forgotten_a_claim(record, now))
        ):
            record = self._seating.seat(agent_id, now)
        tries = _Tries()
        upcoming = self._next(record, tries, now)
        while len(tries.names) < MOST_IN_A_RUN and upcoming.waiting:
            has_led_on = False
            with passed_over(conversation_id=upcoming.waiting.conversation_id):
                has_led_on = self._take_up(upcoming.waiting, now)
            tries.note(upcoming.waiting, has_led_on=has_led_on)
            record = self._seating.seat(agent_id, now)
            upcoming = self._next(record, tries, now)
        if tries.have_led_on and len(tries.names) == MOST_IN_A_RUN:
            logger.warning("the agent is to be settled further", agent_id=agent_id)
            return
        look_at = [at for at in (self._seating.look_at(record.agent, now), upcoming.at) if at]
        self._desk.table.agents.note_settled(record, min(look_at, default=None))

    def _hears_nothing(self, record: AgentRecord, now: datetime) -> bool:
        """Ask nobody any more who has missed one offer after the other: their bell may be dead."""
        work = record.agent.work
        most = self._settings.get(RoutingSettings).away_after_missed_offers
        if work.presence_at(now) is not Presence.AVAILABLE or not work.hears_nothing(most):
            return False
        agent_id, until = record.agent.agent_id, work.presence_until or now
        self._desk.table.agents.set_presence(
            agent_id, Presence.AVAILABLE, until, now, away_after=most
        )
        logger.warning("an agent misses every offer and is away", agent_id=agent_id)
        return True

    def _leaves(self, record: AgentRecord, now: datetime) -> bool:
        """Let nobody wait for an agent who is at work no more; False if they have what they had.

        What an agent has taken since, by hand, stays theirs.
        """
        work, has_left = record.agent.work, False
        gives_back = self._settings.get(RoutingSettings).when_an_agent_leaves
        command = LeaveAgent(agent_id=record.agent.agent_id, all=gives_back == "all")
        for claim in record.agent.claims:
            waits = claim.offered or claim.counts_until is None
            goes_back = claim.offered or gives_back == "all" or (gives_back == "waiting" and waits)
            if not goes_back or not work.has_left(claim.since, now):
                continue
            plan = self._settings.under_terms(lambda _conversation, _terms: command)
            with passed_over(conversation_id=claim.conversation_id):
                committed = self._desk.act(claim.conversation_id, plan, now)
                if committed.decision.events:
                    has_left = True
                    self.place(claim.conversation_id, now, committed.after)
        return has_left

    def _next(self, record: AgentRecord, tries: "_Tries", now: datetime) -> Upcoming:
        seats = self._seating.seats_of(record.agent, now)
        queues = {
            name: routing
            for name, routing in self._open_queues(now).items()
            if tries.in_vain[name] < MOST_IN_VAIN
        }
        return self._choosing.conversation_for(seats, queues, tries.names, now)

    def _open_queues(self, now: datetime) -> Mapping[str, QueueRouting]:
        """Return the queues in which somebody may be asked now, as far as one can tell of all.

        While a channel account is open by hours of its own, each conversation tells.
        """
        queues, hours = self._settings.get(QueueSettings), self._settings.get(OpeningHoursSettings)
        terms = ServiceTerms(queues=queues, opening_hours=hours)
        accounts = (account.partition(":") for account in hours.accounts)
        of_accounts = (
            terms.model_copy(update={"channel": channel, "account_id": account_id})
            for channel, _, account_id in accounts
        )
        for_some = any(own.staffing("", now).closed is None for own in of_accounts)
        return {
            name: queue.routing
            for name, queue in queues.queues.items()
            if for_some or terms.staffing(name, now).closed is None
        }

    def _take_up(self, waiting: InLine, now: datetime) -> bool:
        """Have somebody asked for a conversation in line; its place may be a left-over.

        False if all is as it was.
        """
        committed = self._ask_somebody(waiting.conversation_id, now, place=waiting)
        before = committed.before
        stands = in_line(before, self._settings.terms(before))
        is_left_over = stands is None or place_key(stands) != place_key(waiting)
        if is_left_over:
            self._desk.table.lines.forget_place(waiting, committed.state.sequence)
        return is_left_over or bool(committed.decision.events)

    def _has_forgotten_a_claim(self, record: AgentRecord, now: datetime) -> bool:
        """Look whether one of the claims that fill an agent is still one; another one each minute.

        An earlier version of the code takes a conversation off an agent and leaves the claim.
        """
        counting = (claim for claim in record.agent.claims if claim.counts_at(now))
        claims = sorted(counting, key=lambda claim: claim.conversation_id)
        seats = self._seating.seats_of(record.agent, now)
        if not claims or not any(seat.stands for seat in seats):
            return False
        claim = claims[int(now.timestamp()) // 60 % len(claims)]
        with passed_over(conversation_id=claim.conversation_id):
            conversation = self._desk.table.load(claim.conversation_id)
            terms = self._settings.terms(conversation)
            held = claims_of(claim.conversation_id, conversation.state, terms)
            return record.agent.agent_id not in held and self._desk.table.agents.forget_claim(
                record, claim.conversation_id, conversation.state.sequence
            )
        return False
