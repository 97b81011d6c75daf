import json
from typing import Any

import pytest

from channels.whatsapp.error_codes import ERROR_CODES, TryAgain, in_words
from channels.whatsapp.errors import judge
from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.items import DeliveryStatus
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.messaging.outbound_http import Reply


def told(status: int, document: Any, **headers: str) -> Delivery:
    return judge(Reply(status=status, headers=headers, body=json.dumps(document).encode()))


def error(code: int, **more: Any) -> dict[str, Any]:
    return {"error": {"message": "words", "type": "OAuthException", "code": code, **more}}


REFUSALS = sorted((code, rule) for code, rule in ERROR_CODES.items() if isinstance(rule, Refusal))
FAULTS = sorted(
    (code, rule) for code, rule in ERROR_CODES.items() if isinstance(rule, ChannelFault)
)
LATER = sorted(code for code, rule in ERROR_CODES.items() if isinstance(rule, TryAgain))


@pytest.mark.parametrize(("code", "refusal"), REFUSALS)
def test_every_permanent_error_is_a_refusal_of_its_class(code: int, refusal: Refusal) -> None:
    delivery = told(400, error(code))
    assert (delivery.refusal, delivery.error_code) == (refusal, str(code))


def fault(status: int, document: Any) -> str:
    with pytest.raises(ConfigurationRefused) as raised:
        told(status, document)
    return raised.value.fault


@pytest.mark.parametrize("status", [400, 401, 403, 500])
@pytest.mark.parametrize(("code", "expected"), FAULTS)
def test_every_error_that_an_operator_can_cure_is_a_fault_of_the_channel(
    code: int, expected: ChannelFault, status: int
) -> None:
    assert fault(status, error(code)) == expected


@pytest.mark.parametrize("code", LATER)
def test_every_passing_error_means_not_taken(code: int) -> None:
    with pytest.raises(ProviderUnavailable):
        told(400, error(code))


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (131047, Refusal.WINDOW_CLOSED),
        (131026, Refusal.RECIPIENT),
        (131062, Refusal.RECIPIENT),
        (132001, Refusal.CONTENT),
        (132015, Refusal.CONTENT),
        (131049, Refusal.POLICY),
        (190, ChannelFault.TOKEN),
        (0, ChannelFault.TOKEN),
        (10, ChannelFault.PERMISSION),
        (200, ChannelFault.PERMISSION),
        (299, ChannelFault.PERMISSION),
        (131042, ChannelFault.PAYMENT),
        (368, ChannelFault.RESTRICTED),
        (131031, ChannelFault.RESTRICTED),
        (131048, ChannelFault.SENDING_LIMIT),
        (131037, ChannelFault.DISPLAY_NAME),
        (133010, ChannelFault.REGISTRATION),
        (2635, ChannelFault.ADDRESS),
    ],
)
def test_the_class_of_an_error_is_the_one_meta_documents(
    code: int, refusal: Refusal | ChannelFault
) -> None:
    assert ERROR_CODES[code] is refusal


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
def test_a_token_is_the_fault_whatever_is_wrong_with_it(subcode: int) -> None:
    assert fault(401, error(190, error_subcode=subcode)) == ChannelFault.TOKEN


@pytest.mark.parametrize(
    ("status", "expected"), [(401, ChannelFault.TOKEN), (403, ChannelFault.PERMISSION)]
)
def test_an_unknown_error_is_judged_by_its_status(status: int, expected: ChannelFault) -> None:
    assert fault(status, error(987654)) == expected


def test_a_receipt_says_the_error_as_an_answer_would() -> None:
    codes = (131026, 131047, 131042, 131000, 987654)
    assert [in_words(code) for code in codes] == [
        "recipient:131026",
        "window_closed:131047",
        "payment:131042",
        "131000",
        "987654",
    ]


def test_the_pair_limit_asks_for_six_seconds() -> None:
    with pytest.raises(ProviderUnavailable) as raised:
        told(400, error(131056))
    assert raised.value.retry_after_seconds == 6


def test_the_provider_s_own_wish_goes_first() -> None:
    with pytest.raises(ProviderUnavailable) as raised:
        told(429, error(131056), **{"retry-after": "30"})
    assert raised.value.retry_after_seconds == 30


def test_a_wrong_number_id_is_our_configuration_and_other_bad_parameters_are_content() -> None:
    assert fault(400, error(100, error_subcode=33)) == ChannelFault.ADDRESS
    assert told(400, error(100, error_subcode=2494010)).refusal is Refusal.CONTENT


def test_a_server_error_that_says_it_failed_was_not_taken() -> None:
    with pytest.raises(ProviderUnavailable):
        told(500, error(987654))


def test_an_unknown_error_called_transient_or_too_many_requests_was_not_taken() -> None:
    for status, document in ((400, error(987654, is_transient=True)), (429, error(987654))):
        with pytest.raises(ProviderUnavailable):
            told(status, document)


def test_an_unknown_error_is_a_refusal_of_the_content() -> None:
    assert told(400, error(987654)).refusal is Refusal.CONTENT


def test_a_redirect_is_a_wrong_address() -> None:
    assert fault(302, None) == ChannelFault.ADDRESS


def test_an_answer_with_two_messages_for_one_is_not_believed() -> None:
    taken = {"messages": [{"id": "wamid.1"}, {"id": "wamid.2"}]}
    assert told(200, taken).status is DeliveryStatus.UNKNOWN
