"""Whoever has no request is shown what the agent API would show them, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_api.calls.identity import Agent
from agent_api.calls.scope import sees_conversation as seen_by_the_api
from sportello.conversation.state import ConversationState
from sportello.entrypoints import runtime
from sportello.live.rights import sees_conversation
from sportello.queues.settings import QueueSettings
from sportello.table.settings.settings_store import SettingsStore
from support.clouds.table import table
from support.shown_states import AGENTS, QUEUES, STATES

SCOPES = st.none() | st.frozensets(QUEUES)


@given(AGENTS, SCOPES, STATES)
def test_it_is_the_rule_of_the_agent_api(
    agent_id: str, scope: frozenset[str] | None, state: ConversationState
) -> None:
    agent = Agent(id=agent_id, teams=("north",) if scope is not None else (), scope=scope)
    shown = sees_conversation(agent_id, scope, state, QueueSettings().handoff_queue)
    with table() as empty, pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "settings", lambda: SettingsStore(empty, 1_000))
        assert shown == seen_by_the_api(agent, state)
