"""Where somebody writes: the channel, queue and languages of a conversation, and its names."""

from collections.abc import Mapping
from typing import Self

from sportello.channel_kinds import ChannelKind, Tone
from sportello.composing.placeholders import values_for
from sportello.composing.settings import CannedReplySettings, Place
from sportello.entrypoints import runtime
from sportello.language.settings import TextSettings
from sportello.model import Model
from sportello.table.items import Conversation


class WritingPlace(Model):
    """`languages` are those to write in, the customer's first."""

    place: Place
    languages: tuple[str, ...]
    customer_name: str

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        address, settings = conversation.address, runtime.settings()
        default = settings.get(TextSettings).default_language
        return cls(
            place=Place(
                channel=address.channel if address else "",
                channel_kind=address.channel_kind if address else ChannelKind.MESSAGING,
                tone=address.tone if address else Tone.NEUTRAL,
                queue=conversation.state.queue,
            ),
            languages=tuple(dict.fromkeys((settings.language_of(address), default))),
            customer_name=address.display_name if address else "",
        )

    def values(self, agent_id: str, settings: CannedReplySettings) -> Mapping[str, str]:
        """Return what the placeholders of a wording stand for here."""
        stored = runtime.table().agents.profile(agent_id)
        agent_name = stored.profile.display_name if stored else ""
        return values_for(self.customer_name, agent_name, settings.business_name)
