"""A decision in the making: events recorded, effects intended, the state as it becomes. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sportello.conversation.commands import Command
from sportello.conversation.effects import (
    BusEntry,
    Effect,
    NotifyAgents,
    PublishEvent,
    SendMessage,
    SendRichMessage,
)
from sportello.conversation.events import (
    Author,
    ConversationEvent,
    MessageQueued,
    OwnerChanged,
    OwnerKind,
    bus_detail,
)
from sportello.conversation.evolution import evolve
from sportello.conversation.lost_answers.reopening import Reopening
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.errors import SportelloError
from sportello.messaging.items import Visibility
from sportello.messaging.outbound_channel import Button
from sportello.messaging.outbound_media import OutboundMedia
from sportello.messaging.outbound_template import OutboundTemplate
from sportello.model import Instant, Model

EFFECTS_BEFORE_A_CLOCK = 10
"""A transaction holds 100 writes, and one clock may ring a whole queue and its supervisors."""


class Decision(Model):
    """What one command leads to; nothing at all when it came too late or twice.

    `reopenings` are, by effect key, what messages that were sent before will from now on reopen.
    """

    events: tuple[ConversationEvent, ...] = ()
    effects: tuple[Effect, ...] = ()
    reopenings: Mapping[str, Reopening] = {}

    def unpublished(self) -> "Decision":
        """Return the decision of a deployment whose bus nobody listens to."""
        heard = tuple(e for e in self.effects if not isinstance(e, PublishEvent))
        return self.model_copy(update={"effects": heard})


class EffectWithoutEvent(SportelloError):
    """A decision intends what no event of it tells of: it would not be committed."""


class Draft:
    """Collects a decision; `state` always includes the events recorded so far."""

    def __init__(
        self,
        state: ConversationState,
        now: Instant,
        terms: ServiceTerms,
        handlers: "Mapping[type[Command], Handler] | None" = None,
    ) -> None:
        self._handlers = handlers or {}
        self.before = state
        self.state = state
        self.now = now
        self.terms = terms
        self._events: list[ConversationEvent] = []
        self._effects: list[Effect] = []
        self._reopenings: dict[str, Reopening] = {}

    @property
    def has_room(self) -> bool:
        """Whether whoever one more clock rings still fits into the transaction."""
        return len(self._effects) <= EFFECTS_BEFORE_A_CLOCK

    @property
    def bells(self) -> tuple[str, ...]:
        """Whom to ring of the conversation's people: who was rung for it last, or its queue's."""
        return self.state.bells or self.terms.queues.all_endpoints(self.state.queue)

    def ask(self, command: Command) -> None:
        """Let the handler of a command decide, after what was decided so far."""
        self._handlers[type(command)](self, command)

    def record(self, event: ConversationEvent) -> None:
        self._events.append(event)
        self.state = evolve(self.state, event)

    def intend(self, effect: Effect) -> None:
        """Add an effect; one key is one effect, however often a setting names an endpoint."""
        if all(intended.key != effect.key for intended in self._effects):
            self._effects.append(effect)

    def notify(self, key: str, endpoints: Iterable[str], notice: str, data: dict[str, Any]) -> None:
        """Ring endpoints; `key` is completed by the name of each."""
        for endpoint in endpoints:
            self.intend(
                NotifyAgents(key=f"{key}:{endpoint}", endpoint=endpoint, notice=notice, data=data)
            )

    def change_owner(self, kind: OwnerKind, name: str = "") -> None:
        version = self.state.owner.version + 1
        self.record(OwnerChanged(at=self.now, kind=kind, name=name, version=version))

    def send(
        self,
        key: str,
        text: str,
        author: Author,
        *,
        agent_id: str = "",
        buttons: tuple[Button, ...] = (),
        media: tuple[OutboundMedia, ...] = (),
        template: OutboundTemplate | None = None,
        reopens: Reopening | None = None,
    ) -> None:
        """Queue a message under the owner version in force at this point of the decision."""
        automatic = author is not Author.AGENT
        message = SendMessage(
            key=key,
            author=author,
            agent_id=agent_id,
            text=text,
            buttons=buttons,
            visibility=Visibility.PRIVATE,
            automatic=automatic,
            owner_version=self.state.owner.version,
            reopens=reopens,
        )
        if media or template:
            plain = message.model_dump(exclude={"type"})
            message = SendRichMessage(**plain, media=media, template=template)
        self._effects.append(message)
        self.record(
            MessageQueued(
                at=self.now,
                effect_key=key,
                author=author,
                agent_id=agent_id,
                visibility=Visibility.PRIVATE,
                automatic=automatic,
            )
        )

    def pass_on(self, key: str, reopening: Reopening) -> None:
        """Let a message that was sent before reopen this if it turns out to be lost."""
        self._reopenings[key] = reopening

    def unique(self, prefix: str) -> str:
        """Return an effect key that no other decision of this conversation can repeat.

        The sequence is checked by the commit, and the count tells effects of one decision apart.
        """
        return f"{prefix}:{self.before.sequence}.{len(self._effects)}"

    def finish(self) -> Decision:
        """Return the decision; raises EffectWithoutEvent, which is a fault of ours."""
        entries = tuple(
            BusEntry(
                detail_type=event.type,
                at=event.at,
                detail=bus_detail(event),
                sequence=self.before.sequence + number,
                queue=self.state.queue or self.before.queue,
            )
            for number, event in enumerate(self._events)
            if event.published
        )
        if self._effects and not self._events:
            # Only what has an event is written: the effect would be lost without a trace.
            raise EffectWithoutEvent(", ".join(effect.type for effect in self._effects))
        effects = list(self._effects)
        if entries:
            effects.append(PublishEvent(key=f"publish:{self.before.sequence}", entries=entries))
        return Decision(
            events=tuple(self._events), effects=tuple(effects), reopenings=self._reopenings
        )


type Handler = Callable[[Draft, Any], None]
"""Takes the command it is listed for, and only that; `handles` sees to it."""


def handles[C: Command](
    command: type[C], handle: Callable[[Draft, C], None]
) -> tuple[type[Command], Handler]:
    """List a handler under its command."""
    return command, handle
