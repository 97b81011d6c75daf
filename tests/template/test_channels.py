"""A channel on disk is a channel deployed, and the other way round."""

import json

import pytest

from support.template import channels_on_disk, events, functions, referred, resources

FUNCTIONS = functions()
CHANNELS = channels_on_disk()
HANDLERS = {function["Handler"]: name for name, function in FUNCTIONS.items()}


def test_there_are_channels() -> None:
    assert {"telegram", "whatsapp"} <= set(CHANNELS)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_has_its_webhook_at_its_own_name(channel: str) -> None:
    function = FUNCTIONS[HANDLERS[f"channels.{channel}.receive"]]
    webhooks = events(function, "Api")
    assert {event["Path"] for event in webhooks} == {f"/{channel}"}
    assert "POST" in {event["Method"] for event in webhooks}
    assert {referred(event["RestApiId"]) for event in webhooks} == {"ChannelApi"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_has_a_queue_that_the_dispatcher_knows(channel: str) -> None:
    function = FUNCTIONS[HANDLERS[f"channels.{channel}.deliver"]]
    (source,) = events(function, "SQS")
    queue = referred(source["Queue"])
    assert resources("AWS::SQS::Queue")[queue]["FifoQueue"] is True
    for reader in ("DispatchFunction", "SweepFunction"):
        variables = FUNCTIONS[reader]["Environment"]["Variables"]
        queues = json.loads(variables["DELIVERY_QUEUES"]["Fn::Sub"])
        assert queues[channel] == f"${{{queue}}}"


def test_no_channel_is_deployed_that_is_not_on_disk() -> None:
    deployed = {handler.split(".")[1] for handler in HANDLERS if handler.startswith("channels.")}
    assert deployed == set(CHANNELS)
