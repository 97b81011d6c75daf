"""Several things asked at once: they are decided together, so that all are done or none. Pure."""

from sportello.conversation.decision import Draft, handles
from sportello.conversation.effects import WriteNote
from sportello.conversation.events import MacroCarriedOut
from sportello.conversation.ownership import require_informed
from sportello.conversation.people_commands import CarryOut
from sportello.conversation.timing.keep_clocks import keep_clocks


def carry_out(draft: Draft, command: CarryOut) -> None:
    """Do one thing after the other, each as if it had been asked alone; one refused refuses all."""
    require_informed(draft.state, command)
    draft.intend(WriteNote(key=command.key, text=command.macro))
    draft.record(
        MacroCarriedOut(
            at=draft.now,
            agent_id=command.agent_id,
            macro=command.macro,
            effect_key=command.key,
        )
    )
    for each in command.commands:
        draft.ask(each)
        keep_clocks(draft)


HANDLERS = (handles(CarryOut, carry_out),)
