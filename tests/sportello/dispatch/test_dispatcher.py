"""What a commit intended, handed over to the service that does it."""

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from sportello.aws.clients import aws_client
from sportello.conversation.commands import Command
from sportello.conversation.effects import (
    BusEntry,
    Effect,
    NotifyAgents,
    PublishEvent,
    StartWorkflow,
)
from sportello.conversation.people_commands import FetchAgain
from sportello.dispatch.dispatcher import (
    DispatchEnvironment,
    Dispatcher,
    execution_name,
)
from sportello.dispatch.settle_request import SettleRequest
from sportello.errors import NotConfigured, Retryable
from sportello.model import written
from sportello.people.settings import AgentEndpointSettings
from sportello.table.desk import Desk, Step
from sportello.table.items import EffectRecord, StoredSettings
from sportello.table.keys import stamp
from sportello.table.settings.settings_store import SettingsStore
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    an_address,
    an_item,
    answer,
    offer,
    receive,
    request_human,
    seconds,
)
from support.clouds.profiles import keep_endpoints
from support.clouds.quick_moto import aws
from support.clouds.table import configure, desk
from support.clouds.told_subscriber import settings_of

ROLE = "arn:aws:iam::123456789012:role/made-up"
WAITS = {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}


class Services:
    """A desk whose effects go to queues, state machines and a bus in moto."""

    def __init__(self, empty: Desk) -> None:
        self.desk = empty
        self.sqs, self.sfn = aws_client("sqs"), aws_client("stepfunctions")
        self.queue = self.sqs.create_queue(
            QueueName="desk-deliver-fake.fifo", Attributes={"FifoQueue": "true"}
        )["QueueUrl"]
        self.routing = self.sqs.create_queue(QueueName="routing")["QueueUrl"]
        self.fit_clocks = self.sqs.create_queue(QueueName="fit-clocks")["QueueUrl"]
        self.files = self.sqs.create_queue(QueueName="desk-fetch-fake")["QueueUrl"]
        self.notices = self.sqs.create_queue(QueueName="desk-notify-webhook")["QueueUrl"]
        machines = {
            f"{name}_machine": self.sfn.create_state_machine(
                name=name, definition=json.dumps(WAITS), roleArn=ROLE
            )["stateMachineArn"]
            for name in ("triage", "sla_timer", "escalation")
        }
        self.machines = machines
        self.settings = SettingsStore(empty.table, 60)
        self.dispatcher = Dispatcher(
            DispatchEnvironment(
                queue_url_base=self.queue.removesuffix("deliver-fake.fifo"),
                bus_name="desk-bus",
                fit_clocks_queue=self.fit_clocks,
                routing_queue=self.routing,
                settings_cache_seconds=30,
                **machines,
            ),
            empty.table,
            self.settings,
            lambda: NOW,
        )

    def commit(self, command: Command) -> list[EffectRecord]:
        step = Step(command=command, terms=TERMS, address=an_address())
        decision = self.desk.act(CONVERSATION, lambda _: step, NOW).decision
        keys = [effect.key for effect in decision.effects]
        return list(self.desk.table.load(CONVERSATION, effect_keys=keys).effects)

    def received(self, queue: str) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def started(self, machine: str) -> list[dict[str, Any]]:
        arn = self.machines[f"{machine}_machine"]
        executions = self.sfn.list_executions(stateMachineArn=arn)["executions"]
        return [
            json.loads(self.sfn.describe_execution(executionArn=e["executionArn"])["input"])
            for e in executions
        ]

    def pending(self) -> set[str]:
        return {left.sort_key for left in self.desk.table.overdue(NOW + seconds(1_000))}


@pytest.fixture
def services() -> Iterator[Services]:
    with aws(), desk() as empty:
        yield Services(empty)


def a_record(effect: Effect, channel: str = "fake") -> EffectRecord:
    return EffectRecord(
        conversation_id=CONVERSATION, channel=channel, decided_at=NOW, effect=effect
    )


def only(records: list[EffectRecord], kind: str) -> EffectRecord:
    return next(record for record in records if record.effect.type == kind)


def test_a_message_is_queued_once_for_its_channel_and_stays_pending(services: Services) -> None:
    services.commit(receive())
    record = only(services.commit(answer(key="bot:1")), "SendMessage")
    for _ in range(2):
        services.dispatcher.carry_out(record)
    assert services.received(services.queue) == [
        {"conversation_id": CONVERSATION, "effect_key": "bot:1"}
    ]
    assert "FX#bot:1" in services.pending()


def test_a_message_for_a_channel_without_a_queue_is_a_fault_of_configuration(
    services: Services,
) -> None:
    services.commit(receive())
    record = only(services.commit(answer()), "SendMessage")
    with pytest.raises(NotConfigured, match="telex"):
        services.dispatcher.carry_out(record.model_copy(update={"channel": "telex"}))


def test_a_notice_goes_to_the_queue_of_its_endpoints_notifier(services: Services) -> None:
    endpoint = {"notifier": "webhook", "url": "https://desk.example/hook"}
    document = AgentEndpointSettings.model_validate({"endpoints": {"desk": endpoint}})
    configure(services.desk.table, document)
    services.commit(receive())
    services.commit(request_human())
    record = only(services.commit(offer(endpoints=("desk",))), "NotifyAgents")
    services.dispatcher.carry_out(record)
    assert services.received(services.notices) == [
        {"conversation_id": CONVERSATION, "effect_key": record.effect.key}
    ]
    assert f"FX#{record.effect.key}" not in services.pending()


def test_no_agent_keeps_operators_busy_with_a_notifier_that_is_not_deployed(
    services: Services,
) -> None:
    keep_endpoints(services.desk.table, "anna", {"phone": {"notifier": "pager"}})
    services.commit(receive())
    services.commit(request_human())
    record = only(services.commit(offer(endpoints=("@anna/phone",))), "NotifyAgents")
    services.dispatcher.carry_out(record)
    assert f"FX#{record.effect.key}" not in services.pending()


def test_a_notice_to_an_agents_own_endpoint_goes_where_the_profile_says(
    services: Services,
) -> None:
    phone = {"notifier": "webhook", "url": "https://anna.example/hook"}
    keep_endpoints(services.desk.table, "anna", {"phone": phone})
    services.commit(receive())
    services.commit(request_human())
    rung, dropped = (
        record
        for record in services.commit(offer(endpoints=("@anna/phone", "@bruno/phone")))
        if isinstance(record.effect, NotifyAgents)
    )
    for record in (rung, dropped):
        services.dispatcher.carry_out(record)
        assert f"FX#{record.effect.key}" not in services.pending()
    assert services.received(services.notices) == [
        {"conversation_id": CONVERSATION, "effect_key": rung.effect.key}
    ]


def test_a_notice_to_an_endpoint_nobody_configured_is_dropped(services: Services) -> None:
    services.commit(receive())
    services.commit(request_human())
    record = only(services.commit(offer(endpoints=("gone",))), "NotifyAgents")
    services.dispatcher.carry_out(record)
    assert services.received(services.notices) == []
    assert f"FX#{record.effect.key}" not in services.pending()


def test_a_workflow_is_started_once_however_often_it_is_asked_for(services: Services) -> None:
    services.commit(receive())
    records = services.commit(request_human())
    starts = [record for record in records if isinstance(record.effect, StartWorkflow)]
    for record in 2 * starts:
        services.dispatcher.carry_out(record)
    (escalation,) = services.started("escalation")
    assert escalation["conversation_id"] == CONVERSATION
    assert escalation["handoff_id"] == "handoff-2"
    (timer,) = services.started("sla_timer")
    assert timer.keys() == {"conversation_id", "wake_at", "sleep_until"}
    assert services.pending().isdisjoint(f"FX#{record.effect.key}" for record in starts)


def test_triage_is_started_with_the_items_it_is_about(services: Services) -> None:
    for _ in range(2):
        services.dispatcher.start_triage(CONVERSATION, ["item-1", "item-2"], "name")
    assert services.started("triage") == [
        {"conversation_id": CONVERSATION, "item_ids": ["item-1", "item-2"]}
    ]


def test_a_button_press_is_acknowledged_through_its_channels_queue(services: Services) -> None:
    for _ in range(2):
        services.dispatcher.acknowledge("fake", CONVERSATION, "item-1")
    assert services.received(services.queue) == [
        {"conversation_id": CONVERSATION, "acknowledge": "item-1"}
    ]


# --- task tokens and the bus, against stubs ---------------------------------------------------


@pytest.mark.parametrize("code", ["", "TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_waiting_workflow_is_resumed_and_a_dead_token_is_fine(
    services: Services, code: str
) -> None:
    services.commit(receive())
    record = only(services.commit(offer()), "ResumeWorkflow")
    with Stubber(aws_client("stepfunctions")) as stub:
        expected = {"taskToken": "token-1", "output": '{"outcome": "withdrawn"}'}
        if code:
            stub.add_client_error("send_task_success", code, expected_params=expected)
        else:
            stub.add_response("send_task_success", {}, expected)
        services.dispatcher.carry_out(record)
    assert f"FX#{record.effect.key}" not in services.pending()


def test_any_other_failure_to_resume_is_tried_again(services: Services) -> None:
    services.commit(receive())
    record = only(services.commit(offer()), "ResumeWorkflow")
    with Stubber(aws_client("stepfunctions")) as stub:
        stub.add_client_error("send_task_success", "ThrottlingException")
        with pytest.raises(ClientError):
            services.dispatcher.carry_out(record)
    assert f"FX#{record.effect.key}" in services.pending()


def many_events(amount: int) -> EffectRecord:
    entries = tuple(
        BusEntry(detail_type="MessageReceived", at=NOW, detail={"n": n}) for n in range(amount)
    )
    return a_record(PublishEvent(key="publish:0", entries=entries))


def test_events_are_published_in_tens_and_in_order(services: Services) -> None:
    services.commit(receive())
    sizes = [10, 10, 3]
    client = aws_client("events")
    with Stubber(client) as stub:
        for _ in sizes:
            stub.add_response(
                "put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": ANY}
            )
        with patch.object(client, "put_events", wraps=client.put_events) as put_events:
            services.dispatcher.carry_out(many_events(23))
    seen = [call.kwargs["Entries"] for call in put_events.call_args_list]
    assert [len(entries) for entries in seen] == sizes
    details = [json.loads(entry["Detail"]) for entries in seen for entry in entries]
    assert [detail["n"] for detail in details] == list(range(23))
    assert details[11]["id"] == f"{CONVERSATION}/publish:0/11"
    assert details[0]["channel"] == "fake"
    assert "FX#publish:0" not in services.pending()


def test_events_are_put_before_subscribers_and_recorded(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = services.sqs.create_queue(QueueName="subscriptions")["QueueUrl"]
    monkeypatch.setenv("SUBSCRIPTIONS_QUEUE", queue)
    monkeypatch.setenv("EVENT_RETENTION_DAYS", "7")
    configure(services.desk.table, settings_of(crm={}))
    services.commit(receive())
    with Stubber(aws_client("events")) as stub:
        stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": ANY})
        services.dispatcher.carry_out(many_events(2))
    jobs = services.received(queue)
    assert [job["subscription"] for job in jobs] == ["crm", "crm"]
    assert {job["event"]["id"] for job in jobs} == {
        f"{CONVERSATION}/publish:0/{number}" for number in range(2)
    }
    feed = services.desk.table.subscriptions.feed
    (recorded,) = feed.after(stamp(NOW), NOW + seconds(1))
    assert [event.data["n"] for event in recorded.events] == [0, 1]
    assert "FX#publish:0" not in services.pending()


def test_what_is_wrong_with_subscriptions_keeps_nothing_from_the_bus(
    services: Services,
) -> None:
    unfit = StoredSettings(version=1, document={"subscriptions": {"crm": {"url": "nowhere"}}})
    services.desk.table.put_settings("subscriptions", unfit, "anna", NOW)
    services.commit(receive())
    with Stubber(aws_client("events")) as stub:
        stub.add_response("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": ANY})
        with pytest.raises(NotConfigured):
            services.dispatcher.carry_out(many_events(2))
        stub.assert_no_pending_responses()
    assert "FX#publish:0" in services.pending()


def test_events_the_bus_refused_are_tried_again(services: Services) -> None:
    services.commit(receive())
    with Stubber(aws_client("events")) as stub:
        stub.add_response("put_events", {"FailedEntryCount": 2, "Entries": []})
        with pytest.raises(Retryable):
            services.dispatcher.carry_out(many_events(3))
    assert "FX#publish:0" in services.pending()


# --- names ------------------------------------------------------------------------------------


def test_execution_names_are_what_step_functions_takes() -> None:
    name = execution_name(f"{CONVERSATION}-escalation:handoff-2.0")
    assert name == f"{CONVERSATION}-escalation-handoff-2-0"
    assert len(execution_name("x" * 200)) == 80


def test_a_notice_without_a_queue_for_its_notifier_is_a_fault_of_configuration(
    services: Services,
) -> None:
    document = AgentEndpointSettings.model_validate({"endpoints": {"desk": {"notifier": "pager"}}})
    configure(services.desk.table, document)
    notice = NotifyAgents(key="offer:1:desk", endpoint="desk", notice="x", data={})
    with pytest.raises(NotConfigured, match="notify-pager"):
        services.dispatcher.carry_out(a_record(notice))


def test_a_queue_that_cannot_be_filled_just_now_is_no_fault_of_configuration(
    services: Services,
) -> None:
    services.commit(receive())
    record = only(services.commit(answer()), "SendMessage")
    with Stubber(services.sqs) as stub:
        stub.add_client_error("send_message", "ThrottlingException")
        with pytest.raises(ClientError):
            services.dispatcher.carry_out(record)


def test_clocks_are_fitted_at_once_and_again_when_no_cache_is_older(services: Services) -> None:
    sent: list[dict[str, Any]] = []
    name = "provide-client-params.sqs.SendMessage"
    services.sqs.meta.events.register(name, lambda params, **_: sent.append(params))
    services.dispatcher.have_clocks_fitted()
    asked = [(json.loads(call["MessageBody"]), call["DelaySeconds"]) for call in sent]
    assert asked == [({"shard": 0}, 0), ({"shard": 0}, 35)]
    assert {call["QueueUrl"] for call in sent} == {services.fit_clocks}


def test_an_agent_is_put_into_the_queue_of_those_to_be_settled(services: Services) -> None:
    services.dispatcher.have_agent_settled("anna")
    services.dispatcher.have_agent_settled("bruno", unasked=True)
    received = services.sqs.receive_message(QueueUrl=services.routing, MaxNumberOfMessages=10)
    asked = [SettleRequest.model_validate_json(each["Body"]) for each in received["Messages"]]
    assert asked == [SettleRequest(agent_id="anna"), SettleRequest(agent_id="bruno", unasked=True)]


def files_of_a_message(services: Services, count: int) -> EffectRecord:
    item = an_item().model_copy(update={"files": count})
    return only(services.commit(receive(item)), "FetchMedia")


def test_every_file_is_a_job_of_its_channel(services: Services) -> None:
    record = files_of_a_message(services, 12)
    assert f"FX#{record.effect.key}" in services.pending()
    services.dispatcher.carry_out(record)
    jobs = services.received(services.files) + services.received(services.files)
    assert sorted(int(job.pop("number")) for job in jobs) == list(range(12))
    assert jobs[0] == {
        "conversation_id": CONVERSATION,
        "item_id": "item-1",
        "asked_at": written(NOW),
    }
    assert f"FX#{record.effect.key}" not in services.pending()


def test_a_file_of_a_conversation_that_moved_is_fetched_where_it_lies(services: Services) -> None:
    services.commit(receive())
    again = FetchAgain(agent_id="anna", conversation_id="c" * 32, item_id="b" * 32, number=2)
    services.dispatcher.carry_out(only(services.commit(again), "FetchMedia"))
    (job,) = services.received(services.files)
    assert (job["conversation_id"], job["item_id"], job["number"]) == ("c" * 32, "b" * 32, "2")


def test_files_of_a_channel_without_a_queue_for_them_stay_pending(services: Services) -> None:
    record = files_of_a_message(services, 1).model_copy(update={"channel": "pager"})
    with pytest.raises(NotConfigured):
        services.dispatcher.carry_out(record)
    assert f"FX#{record.effect.key}" in services.pending()
