"""A status that a gateway gave, where the provider's own words are missing."""

import pytest

from channels.answers import judge_by_status
from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply

REFUSALS = {403: Refusal.RECIPIENT}


def reply(status: int, **headers: str) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=sent, body=b"<html>")


@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_a_busy_provider_took_nothing_and_may_say_when_it_will(status: int) -> None:
    with pytest.raises(ProviderUnavailable) as busy:
        judge_by_status(reply(status, retry_after="17"), REFUSALS)
    assert busy.value.retry_after_seconds == 17


@pytest.mark.parametrize("status", [500, 502, 504])
def test_behind_a_broken_gateway_the_message_may_have_been_taken(status: int) -> None:
    assert judge_by_status(reply(status), REFUSALS) == Delivery.unknown(f"http_{status}")


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(403, Refusal.RECIPIENT), (400, Refusal.CONTENT), (413, Refusal.CONTENT)],
)
def test_a_refusal_is_what_the_provider_means_by_it(status: int, refusal: Refusal) -> None:
    expected = Delivery.refused(refusal, f"http_{status}")
    assert judge_by_status(reply(status), REFUSALS) == expected


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, ChannelFault.TOKEN),
        (402, ChannelFault.PAYMENT),
        (403, ChannelFault.PERMISSION),
        (404, ChannelFault.ADDRESS),
        (410, ChannelFault.ADDRESS),
        (407, ChannelFault.ADDRESS),
        (301, ChannelFault.ADDRESS),
        (307, ChannelFault.ADDRESS),
    ],
)
def test_what_an_operator_can_cure_is_no_refusal(status: int, fault: ChannelFault) -> None:
    with pytest.raises(ConfigurationRefused) as raised:
        judge_by_status(reply(status), {})
    assert (raised.value.fault, raised.value.error_code) == (fault, f"http_{status}")
