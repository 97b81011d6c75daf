"""A channel or notifier on disk is deployed by one block of the template, and by nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sportello.dispatch.named_queues import delivery_queue, fetch_queue, notifier_queue
from support.template import (
    TEMPLATE,
    channels_on_disk,
    environment,
    events,
    functions,
    notifiers_on_disk,
    referred,
    resources,
    template,
    where_it_is_deployed,
)

FUNCTIONS = functions()
QUEUES = resources("AWS::SQS::Queue")
CHANNELS, NOTIFIERS = channels_on_disk(), notifiers_on_disk()
HANDLERS = {function["Handler"]: name for name, function in FUNCTIONS.items()}
LINES = TEMPLATE.read_text().splitlines()

NOT_OURS = ("execute-api:", "ses:", "sms-voice:", "sns:")
"""Where nothing of the stack's has a name of its own: what may be done there is told below."""

FILES = [{"Fn::Sub": f"${{MediaBucket.Arn}}/{place}/*"} for place in ("files", "quarantine")]
"""Where files of all conversations lie, behind which stands whose each is."""

LONGEST_BLOCK = 185
LONGEST_STACK_NAME = 50
"""As docs/deploying.md promises; the rest of a queue's name is ours."""

MAX_QUEUE_NAME = 80

every_channel = pytest.mark.parametrize("channel", CHANNELS)
every_notifier = pytest.mark.parametrize("notifier", NOTIFIERS)
every_block = pytest.mark.parametrize("name", [*CHANNELS, *NOTIFIERS])


def block(name: str) -> range:
    """Return the numbers of a block's lines, from its banner to the next banner of any kind."""
    (start,) = (n for n, line in enumerate(LINES) if re.fullmatch(rf"  # --- {name} -+", line))
    end = next(n for n in range(start + 1, len(LINES)) if re.match(r"  # ---|  ####", LINES[n]))
    return range(start, end)


def section(name: str) -> Iterator[int]:
    """Yield the numbers of the lines of one of the template's own sections, such as Outputs."""
    inside = False
    for number, line in enumerate(LINES):
        if line[:1] not in {" ", "#", ""}:
            inside = line.startswith(f"{name}:")
        if inside:
            yield number


def made_in(name: str) -> set[str]:
    """Return the logical ids that a block declares."""
    lines = (LINES[number] for number in block(name))
    return {found[1] for line in lines if (found := re.match(r"  (\w+):", line))}


def statements(function: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        where_it_is_deployed(one) for policy in function["Policies"] for one in policy["Statement"]
    ]


# What the block deploys


@every_channel
def test_a_channel_has_its_webhook_at_its_own_name(channel: str) -> None:
    function = FUNCTIONS[HANDLERS[f"channels.{channel}.receive.handler"]]
    webhooks = events(function, "Api")
    assert {event["Path"] for event in webhooks} == {f"/{channel}"}
    assert "POST" in {event["Method"] for event in webhooks}
    assert {referred(event["RestApiId"]) for event in webhooks} == {"ChannelApi"}


@every_channel
def test_a_channel_reads_the_queue_that_has_its_name(channel: str) -> None:
    (source,) = events(FUNCTIONS[HANDLERS[f"channels.{channel}.deliver.handler"]], "SQS")
    queue = QUEUES[referred(source["Queue"])]
    assert queue["QueueName"] == {"Fn::Sub": f"${{AWS::StackName}}-{delivery_queue(channel)}"}
    assert queue["FifoQueue"] is True
    assert queue["FifoThroughputLimit"] == "perMessageGroupId"


@every_channel
def test_a_channel_fetches_files_from_the_queue_that_has_its_name(channel: str) -> None:
    (source,) = events(FUNCTIONS[HANDLERS[f"channels.{channel}.fetch.handler"]], "SQS")
    queue = QUEUES[referred(source["Queue"])]
    assert queue["QueueName"] == {"Fn::Sub": f"${{AWS::StackName}}-{fetch_queue(channel)}"}
    assert "FifoQueue" not in queue, "one file never waits for another"


@every_notifier
def test_a_notifier_reads_the_queue_that_has_its_name(notifier: str) -> None:
    (source,) = events(FUNCTIONS[HANDLERS[f"notifiers.{notifier}.notify"]], "SQS")
    queue = QUEUES[referred(source["Queue"])]
    assert queue["QueueName"] == {"Fn::Sub": f"${{AWS::StackName}}-{notifier_queue(notifier)}"}


@pytest.mark.parametrize(("package", "names"), [("channels", CHANNELS), ("notifiers", NOTIFIERS)])
def test_nothing_is_deployed_that_is_not_on_disk(package: str, names: list[str]) -> None:
    assert names
    deployed = {name.split(".")[1] for name in HANDLERS if name.startswith(f"{package}.")}
    assert deployed == set(names)


@every_block
def test_a_block_reaches_its_own_queues_and_secrets_and_what_all_share(name: str) -> None:
    shared = {
        *("DeskTable", "ConversationKey", "AnswerLinkSecret", "PushSecret"),
        "MediaBucket",
        "MediaScanFunctionArn",
    }
    for function in made_in(name) & set(FUNCTIONS):
        for statement in statements(FUNCTIONS[function]):
            if str(statement["Action"]).startswith(NOT_OURS):
                continue
            reached = statement["Resource"]
            for arn in reached if isinstance(reached, list) else [reached]:
                if arn in FILES:
                    continue
                assert referred(arn) in made_in(name) | shared
                assert "*" not in str(arn)


@every_channel
def test_whoever_reads_or_moves_files_is_told_what_is_not_there(channel: str) -> None:
    """Else S3 says of it that it is forbidden, which is tried again as a fault of ours."""
    for part in ("deliver", "fetch"):
        function = FUNCTIONS[HANDLERS[f"channels.{channel}.{part}.handler"]]
        (told,) = (s for s in statements(function) if s["Action"] == "s3:ListBucket")
        assert referred(told["Resource"]) == "MediaBucket"


@every_block
def test_whatever_fails_in_a_block_raises_an_alarm_that_names_it(name: str) -> None:
    queues = [queue for queue in made_in(name) & set(QUEUES) if "RedrivePolicy" in QUEUES[queue]]
    assert len(queues) == (2 if name in CHANNELS else 1)
    for queue in queues:
        letters = referred(QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"])
        assert {letters, f"{letters}Alarm"} <= made_in(name)


@every_channel
def test_what_goes_wrong_in_a_channel_raises_an_alarm_of_its_own(channel: str) -> None:
    alarms = [
        alarm
        for name, alarm in resources("AWS::CloudWatch::Alarm").items()
        if {"Name": "channel", "Value": channel} in alarm["Dimensions"]
    ]
    assert sorted(alarm["MetricName"] for alarm in alarms) == [
        "ConfigurationRefused",
        "DeliveriesOverdue",
        "FetchesOverdue",
        "Quarantined",
    ]


def test_mails_are_from_one_address_of_one_identity() -> None:
    (statement,) = (
        s for s in statements(FUNCTIONS["EmailNotifyFunction"]) if s["Sid"][:4] == "Mail"
    )
    assert statement["Action"] == "ses:SendEmail"
    assert statement["Condition"] == {
        "StringEquals": {"ses:FromAddress": {"Ref": "NotifierEmailFrom"}}
    }
    address, (domain, parts) = (one["Fn::Sub"] for one in statement["Resource"])
    identity = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"
    assert (address, domain) == (f"{identity}${{NotifierEmailFrom}}", f"{identity}${{Domain}}")
    assert parts["Domain"]["Fn::Select"][0] == 1


def test_text_messages_go_to_telephones_and_to_nothing_that_sns_keeps() -> None:
    own = {s["Sid"]: s for s in statements(FUNCTIONS["SmsNotifyFunction"]) if "Sid" in s}
    sending = own["SendToTelephones"]
    assert sending["Action"] == "sns:Publish"
    assert sending["NotResource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}
    assert "Resource" not in sending
    through = own["LetSnsSendThem"]
    assert through["Action"] == "sms-voice:SendTextMessage"
    assert through["Condition"] == {"StringEquals": {"aws:CalledViaLast": "sns.amazonaws.com"}}


# That the block is all


@every_channel
def test_no_line_outside_its_block_names_a_channel(channel: str) -> None:
    """A template keeps parameters and outputs apart: the channel's own may stand there."""
    allowed = {*block(channel), *section("Parameters"), *section("Outputs")}
    plain = channel.replace("_", "")
    for number, line in enumerate(LINES):
        if number not in allowed:
            assert plain not in line.lower().replace("_", ""), f"line {number + 1}: {line}"


@every_block
def test_nothing_outside_its_block_refers_to_what_is_in_it(name: str) -> None:
    anchors = {a for number in block(name) for a in re.findall(r"&(\w+)", LINES[number])}
    inside = {*block(name), *section("Outputs")}
    own = re.compile(rf"\b(?:{'|'.join(made_in(name))})\b|\*(?:{'|'.join(anchors) or '-'})\b")
    for number, line in enumerate(LINES):
        if number not in inside:
            assert not own.search(line), f"line {number + 1}: {line}"


@every_block
def test_a_block_takes_nothing_from_another(name: str) -> None:
    others = set[str]().union(
        *(made_in(other) for other in [*CHANNELS, *NOTIFIERS] if other != name)
    )
    text = "\n".join(LINES[number] for number in block(name))
    assert not re.search(rf"\b(?:{'|'.join(others)})\b", text)


@every_block
def test_a_block_is_short_enough_to_be_read_at_once(name: str) -> None:
    assert len(block(name)) <= LONGEST_BLOCK


@pytest.mark.parametrize("reader", ["DispatchFunction", "SweepFunction"])
def test_who_fills_the_queues_knows_and_may_reach_them_by_their_names_alone(reader: str) -> None:
    variables = FUNCTIONS[reader]["Environment"]["Variables"]
    assert variables["QUEUE_URL_BASE"]["Fn::Sub"].endswith("/${AWS::StackName}-")
    assert "QUEUE_URL_BASE" in environment(FUNCTIONS[reader])
    (filling,) = (s for s in statements(FUNCTIONS[reader]) if s["Sid"] == "FillQueues")
    assert filling["Action"] == "sqs:SendMessage"
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}"
    assert [one["Fn::Sub"] for one in filling["Resource"]] == [
        f"{arn}-deliver-*",
        f"{arn}-fetch-*",
        f"{arn}-notify-*",
    ]


def test_the_dispatcher_may_fill_no_other_queue_by_its_name() -> None:
    """CloudFormation names the rest after their logical ids, which begin with a capital."""
    named = {name for name, queue in QUEUES.items() if "QueueName" in queue}
    read = {referred(e["Queue"]) for n in HANDLERS.values() for e in events(FUNCTIONS[n], "SQS")}
    blocks = set[str]().union(*(made_in(name) for name in [*CHANNELS, *NOTIFIERS]))
    assert named == read & blocks


# Names


@pytest.mark.parametrize(
    "name",
    [
        *map(delivery_queue, CHANNELS),
        *map(fetch_queue, CHANNELS),
        *map(notifier_queue, [*NOTIFIERS, "n" * 22]),
    ],
)
def test_a_queues_name_fits_behind_the_longest_stack_name(name: str) -> None:
    assert LONGEST_STACK_NAME + len(f"-{name}") <= MAX_QUEUE_NAME
    assert re.fullmatch(r"[A-Za-z0-9_-]+(\.fifo)?", name)


def test_the_longest_stack_name_is_documented() -> None:
    text = (TEMPLATE.parent / "docs" / "deploying.md").read_text()
    assert f"at most {LONGEST_STACK_NAME} characters" in text


def test_shared_forms_refer_to_nothing() -> None:
    """CloudFormation resolves no reference in a template's own metadata."""
    assert "Fn::" not in str(template()["Metadata"])
    assert "'Ref'" not in str(template()["Metadata"])
