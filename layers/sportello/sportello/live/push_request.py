"""What whoever pushes is asked for. Pure."""

from collections.abc import Mapping

from sportello.conversation.handing_over.audience import Audience
from sportello.stored import Stored


class PushRequest(Stored):
    """What has changed: conversations, with who is not shown them any more, and agents."""

    conversations: Mapping[str, Audience] = {}
    agents: tuple[str, ...] = ()
