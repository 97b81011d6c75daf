"""Terms of service under which every kind of clock runs, and what becomes of them when edited."""

from sportello.conversation.terms import ServiceTerms
from sportello.priorities import Priority
from sportello.queues.settings import QueueTier
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import ALERT, REMIND, ClockActions, Target
from support.builders import a_queue, terms_with

QUEUE = a_queue(
    tiers=(QueueTier(name="first_line", endpoints=("desk",)), QueueTier(name="second_line"))
)
"""Somebody hears of what nobody was rung for yet."""

FIRST_RESPONSES = terms_with(queue=QUEUE)

RESPONSES = terms_with(
    {
        kind: Target(seconds=300, around_the_clock=True)
        for kind in (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE)
    },
    queue=QUEUE,
)
"""An answer within five minutes, around the clock, and nothing else."""

SILENCE_SECONDS = 120

REASSIGNS = ClockActions(reassign=True, alert_supervisors=True)


def demanding(version: int = 1, stretch: float = 1) -> ServiceTerms:
    """Targets for everything, around the clock; a `stretch` of 2 gives all twice as long."""

    def within(seconds: int, at_breach: ClockActions = ALERT, *pauses: str) -> Target:
        return Target.model_validate(
            {
                "seconds": int(seconds * stretch),
                "around_the_clock": True,
                "pauses_while": pauses or ("snoozed",),
                "at_warning": REMIND,
                "at_breach": at_breach,
            }
        )

    return terms_with(
        {
            ClockKind.FIRST_RESPONSE_ANY: within(200),
            ClockKind.FIRST_RESPONSE: within(
                300, ClockActions(alert_supervisors=True, raise_priority_to=Priority.URGENT)
            ),
            ClockKind.NEXT_RESPONSE: within(240),
            ClockKind.QUEUE_WAIT: within(180, ClockActions(ring_next_tier=True)),
            ClockKind.AGENT_SILENCE: within(SILENCE_SECONDS, REASSIGNS),
            ClockKind.RESOLUTION: within(3_600, ALERT, "awaiting_customer", "snoozed"),
        },
        queue=QUEUE,
        sla_version=version,
    )
