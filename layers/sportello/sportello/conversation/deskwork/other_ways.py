"""A customer is promised to hear from us another way: by a call, or on another channel. Pure."""

from sportello.conversation.commands import Reply
from sportello.conversation.decision import Draft, handles
from sportello.conversation.deskwork.notes import note_down
from sportello.conversation.events import ChannelChangePromised
from sportello.conversation.handing_over.handoffs import reply
from sportello.conversation.people_commands import PromiseOtherWay


def promise_other_way(draft: Draft, command: PromiseOtherWay) -> None:
    """Say it as the agent who promises it; the promise is kept by hand, when it is done."""
    reply(
        draft,
        Reply(
            agent_id=command.agent_id,
            supervisor=command.supervisor,
            key=command.key,
            text=command.text,
            promise=command.promise,
        ),
    )
    draft.record(
        ChannelChangePromised(
            at=draft.now,
            agent_id=command.agent_id,
            effect_key=command.key,
            way=command.way,
            within_seconds=command.promise.within_seconds,
        )
    )
    note_down(draft, command.agent_id, command.note)


HANDLERS = (handles(PromiseOtherWay, promise_other_way),)
