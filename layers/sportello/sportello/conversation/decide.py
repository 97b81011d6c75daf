"""The conversation as a decider: it alone knows who may speak. Pure.

`decide(state, command, now, terms)` returns the events and effects that follow, nothing for a
command that came twice or too late, and raises NotAllowed where a person must be told no. What a
command does is said in the module that lists it among its `HANDLERS`; `evolve` (in `evolution.py`)
folds events into state.
"""

from collections.abc import Mapping

from sportello.conversation import files, identity, turns
from sportello.conversation.commands import Command, RecordDelivery, Tick
from sportello.conversation.decision import Decision, Draft, Handler
from sportello.conversation.deskwork import macros, notes, other_ways, setting_aside, tags
from sportello.conversation.handing_over import climbing, handing_on, handoffs, personal_offers
from sportello.conversation.lost_answers import acknowledging, delivery_records
from sportello.conversation.state import ConversationState
from sportello.conversation.terms import ServiceTerms
from sportello.conversation.timing import promises, tick
from sportello.conversation.timing.keep_clocks import keep_clocks
from sportello.conversation.timing.next_timer import plan_next_wake, plan_wake
from sportello.model import Instant

HANDLERS: Mapping[type[Command], Handler] = {
    command: handle
    for module in (
        turns,
        handoffs,
        climbing,
        handing_on,
        notes,
        files,
        other_ways,
        identity,
        personal_offers,
        setting_aside,
        tags,
        acknowledging,
        macros,
        promises,
        tick,
        delivery_records,
    )
    for command, handle in module.HANDLERS
}


def decide(
    state: ConversationState, command: Command, now: Instant, terms: ServiceTerms
) -> Decision:
    """Decide under the terms of service in force; a message's way is decided without any.

    Clocks change only where it turns out to be lost, or not to be.
    """
    # Who had to wait for other writers looked at the clock before them: time never runs back.
    at = now if state.decided_at is None else max(now, state.decided_at)
    draft = Draft(state, at, terms, HANDLERS)
    draft.ask(command)
    if not (isinstance(command, RecordDelivery) and command.sent is None):
        keep_clocks(draft)
        if isinstance(command, Tick):
            plan_next_wake(draft, command.woken_for)
        else:
            plan_wake(draft)
    return draft.finish()
