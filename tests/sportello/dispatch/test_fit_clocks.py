"""Changed settings reach the clocks that run, conversation by conversation, over the real table."""

import json
from collections.abc import Iterator
from io import StringIO
from itertools import count, islice
from typing import Any

import pytest

from sportello.aws.clients import aws_client
from sportello.aws.logs import logger
from sportello.conversation.commands import Command, Tick
from sportello.dispatch import fit_clocks
from sportello.dispatch.fit_clocks import FitClocksRequest, FittingClocks
from sportello.people.placement.assigning import Assigning
from sportello.queues.settings import QueueSettings
from sportello.routing.presence import Presence
from sportello.sla.clocks import Clock
from sportello.sla.settings import SlaSettings
from sportello.table.desk import Desk, Step
from sportello.table.items import Conversation
from sportello.table.keys import PENDING_SHARDS, pending_shard
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW, an_address, receive, request_human, seconds
from support.clouds.quick_moto import aws
from support.clouds.table import configure, desk

SHARD = 0


def a_policy(target: int) -> SlaSettings:
    targets = {"first_response": {"seconds": target, "around_the_clock": True}}
    return SlaSettings.model_validate({"policies": [{"name": "messaging", "targets": targets}]})


class Office:
    """A desk whose first answers take five minutes, until `promise` says otherwise."""

    def __init__(self, empty: Desk) -> None:
        self.desk, self.now = empty, NOW
        self.settings = SettingsStore(empty.table, max_age_seconds=9_999)
        self.sqs = aws_client("sqs")
        self.queue = self.sqs.create_queue(QueueName="fit-clocks")["QueueUrl"]
        self.fitting = FittingClocks(empty, self.settings, self.queue)
        self.promise(300)
        self.settings.forget()

    def promise(self, target: int) -> None:
        """Write a new target; who has read the settings still knows the old one."""
        configure(self.desk.table, a_policy(target), self.now)

    def ask(self, conversation_id: str, command: Command) -> None:
        def step(seen: Conversation) -> Step:
            terms = self.settings.terms(seen, an_address())
            return Step(command=command, terms=terms, address=an_address())

        self.desk.act(conversation_id, step, self.now)

    def wait_for_people(self, conversation_id: str) -> None:
        self.ask(conversation_id, receive())
        self.ask(conversation_id, request_human())

    def fit(self, shard: int = SHARD) -> int:
        """Fit everything from a shard on, run after run; returns how many runs it took."""
        requests = [FitClocksRequest(shard=shard)]
        for runs in range(1, 20):
            self.fitting.fit(requests[0], self.now)
            requests = self.left_to_the_next_run()
            if not requests:
                return runs
        raise AssertionError("the same conversations are fitted for ever")

    def left_to_the_next_run(self) -> list[FitClocksRequest]:
        answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        found = answer.get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [FitClocksRequest.model_validate_json(message["Body"]) for message in found]

    def clock(self, conversation_id: str) -> Clock:
        (clock,) = self.desk.table.load(conversation_id).state.clocks
        return clock

    def targets(self, conversation_ids: list[str]) -> list[int]:
        return [self.clock(name).target_seconds for name in conversation_ids]


@pytest.fixture
def office() -> Iterator[Office]:
    with aws(), desk() as empty:
        yield Office(empty)


def in_one_shard(amount: int, shard: int = SHARD) -> list[str]:
    named = (f"conversation-{number}" for number in count())
    wanted = f"PENDING#{shard}"
    return list(islice((name for name in named if pending_shard(name) == wanted), amount))


def test_a_running_clock_follows_the_settings_as_they_are_now_once(office: Office) -> None:
    (name,) = in_one_shard(1)
    office.wait_for_people(name)
    assert office.clock(name).due_at == NOW + seconds(300)
    office.now += seconds(100)
    office.promise(900)
    office.fit()
    clock = office.clock(name)
    assert (clock.target_seconds, clock.spent_seconds) == (900, 100)
    assert clock.due_at == NOW + seconds(900)
    assert clock.policy_version == 2
    before = office.desk.table.load(name).state
    office.now += seconds(10)
    office.fit()  # once more changes nothing
    assert office.desk.table.load(name).state == before


def test_a_target_added_later_reaches_who_waits_under_clocks_that_are_all_late(
    office: Office,
) -> None:
    (name,) = in_one_shard(1)
    office.wait_for_people(name)
    office.now += seconds(300)
    office.ask(name, Tick(woken_for=None, apology=""))
    assert office.desk.table.load(name).state.wake_at is None
    targets = {
        kind: {"seconds": 900, "around_the_clock": True}
        for kind in ("first_response", "queue_wait")
    }
    policy = {"policies": [{"name": "messaging", "targets": targets}]}
    configure(office.desk.table, SlaSettings.model_validate(policy), office.now)
    office.fit()
    running = {clock.kind for clock in office.desk.table.load(name).state.clocks if clock.running}
    assert running == {"first_response", "queue_wait"}


def test_shard_after_shard_is_fitted(office: Office) -> None:
    names = [name for shard in range(PENDING_SHARDS) for name in in_one_shard(1, shard)]
    for name in names:
        office.wait_for_people(name)
    office.promise(900)
    assert office.fit(1) == 1
    assert office.targets(names) == [300] + [900] * (PENDING_SHARDS - 1)
    assert office.fit(0) == 1
    assert office.targets(names) == [900] * PENDING_SHARDS


def test_many_conversations_are_fitted_run_after_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # At an opening whole queues wake at the same instant: all clocks of the night count from it.
    monkeypatch.setattr(fit_clocks, "LOOKED_AT_IN_A_RUN", 5)
    names = in_one_shard(3)
    for name in names:
        office.wait_for_people(name)
    office.promise(60)  # sooner: what is fitted now lies before what is still to be fitted
    assert office.fit() > 1
    assert office.targets(names) == [60] * 3


def test_one_that_cannot_be_read_keeps_no_other_from_being_fitted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    broken, sound = in_one_shard(2)
    for name in (broken, sound):
        office.wait_for_people(name)
    office.desk.table._client.update_item(
        TableName=office.desk.table._name,
        Key={"pk": {"S": f"CONV#{broken}"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET #state = :nothing",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":nothing": {"S": '{"owner": "393331234567"}'}},
    )
    office.promise(900)
    office.fit()
    assert office.targets([sound]) == [900]
    assert "clocks could not be fitted" in lines.getvalue()
    assert "393331234567" not in lines.getvalue()


@pytest.mark.parametrize("shard", [-1, PENDING_SHARDS])
def test_there_is_no_shard_beyond_the_last(shard: int) -> None:
    document: dict[str, Any] = {"shard": shard}
    with pytest.raises(ValueError, match="shard"):
        FitClocksRequest.model_validate_json(json.dumps(document))


def test_agents_at_work_have_seats_by_the_settings_as_they_are_now(office: Office) -> None:
    agents, assigning = office.desk.table.agents, Assigning(office.desk, office.settings)
    for agent_id, presence in (("anna", Presence.AVAILABLE), ("bruno", Presence.OFFLINE)):
        agents.set_presence(agent_id, presence, NOW + seconds(3_600), NOW)
        assigning.settle(agent_id, NOW)
    moved = QueueSettings.model_validate(
        {"queues": {"default": {}, "desk": {}}, "handoff_queue": "desk"}
    )
    configure(office.desk.table, moved, office.now)
    office.fit(0)
    assert (agents.record("anna").is_due, agents.record("bruno").is_due) == (True, False)
    assigning.settle("anna", NOW)
    assert agents.record("anna").held_seats.keys.keys() == {"desk"}
