from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st
from moto.sns.models import sns_backends
from pydantic import ValidationError

from notifiers import sms
from notifiers.sms import MAX_PRICE_USD, Telephone, bits, is_one_part, message
from sportello.errors import (
    ConfigurationRefused,
    EndpointGone,
    ProviderUnavailable,
    Rejected,
    SportelloError,
)
from sportello.people.notifying.notice_words import Reader, in_words
from sportello.people.notifying.notifier import Notification, OfferLinks
from support.clouds.quick_moto import aws
from support.notices import HOSTILE, notice, spoken_by

NUMBER = "+393331234567"
ADDRESS = {"to": NUMBER, "language": "en", "time_zone": "UTC"}
SHORT_LINKS = OfferLinks(accept="https://d.example/a", decline="https://d.example/d")


def text_of(notification: Notification, **reader: Any) -> str:
    fields = {"language": "en", "time_zone": "UTC", **reader}
    return message(in_words(notification, Reader.model_validate(fields)), notification)


# How large a text is


@pytest.mark.parametrize(
    ("text", "one_part"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("è" * 160, True),
        ("€" * 80, True),
        ("€" * 81, False),
        ("{" * 80, True),
        ("ç" * 70, True),  # only the capital is in the alphabet
        ("ç" * 71, False),
        ("Ç" * 160, True),
        ("ě" * 70, True),
        ("ě" * 71, False),
        ("😀" * 35, True),
        ("😀" * 36, False),
        ("a" * 159 + "ě", False),
        ("", True),
    ],
)
def test_a_part_holds_as_much_as_the_narrowest_alphabet_lets_it(
    text: str, *, one_part: bool
) -> None:
    assert is_one_part(text) is one_part


@given(text=st.text(max_size=200))
def test_a_longer_text_is_never_smaller(text: str) -> None:
    assert bits(text) <= bits(text + "a")


# What is said


def test_an_offer_is_said_in_one_message() -> None:
    assert text_of(notice()) == (
        "Sportello: A customer is waiting. Queue: sales, Priority: high, Open until: 10:01, "
        "Answer due: 10:05, Waiting since: 09:58, Channel: whatsapp"
    )


def test_it_speaks_the_language_of_whoever_is_rung() -> None:
    said = text_of(notice(), language="it", time_zone="Europe/Rome")
    assert said.startswith("Sportello: Un cliente è in attesa. Coda: sales, Priorità: alta, ")


def test_a_link_that_fits_comes_before_the_less_important() -> None:
    said = text_of(notice(links=SHORT_LINKS))
    assert said.endswith("Accept: https://d.example/a")
    assert "Queue: sales, Priority: high" in said
    assert is_one_part(said)


def test_a_link_that_does_not_fit_is_left_out_whole() -> None:
    links = OfferLinks(accept=f"https://d.example/{'a' * 200}", decline="https://d.example/d")
    assert text_of(notice(links=links)) == text_of(notice())


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_the_customers_is_ever_said(text: str) -> None:
    assert text_of(notice(data=spoken_by(text))) == text_of(notice())


@given(queue=st.text(max_size=120), priority=st.text(max_size=120), channel=st.text(max_size=80))
def test_whatever_it_is_about_it_is_one_part(queue: str, priority: str, channel: str) -> None:
    data = {"queue": queue, "priority": priority, "expires_at": "2026-03-04T10:01:00Z"}
    said = text_of(notice(data=data, channel=channel, links=SHORT_LINKS))
    assert is_one_part(said)
    assert said.startswith("Sportello: A customer is waiting")


# Addresses


@pytest.mark.parametrize("number", [NUMBER, "+12025550123", "+4915112345678"])
def test_a_number_in_international_form_is_taken(number: str) -> None:
    address = Telephone.model_validate({"to": number})
    assert sms.notifier.faults(address) == []


@pytest.mark.parametrize(
    "number",
    [
        "3331234567", "00393331234567", "+0333123456", "+39 333 1234567", "+39333123456789012",
        "+3933", "+39333123456a", "+393331234567\n", "arn:aws:sns:eu-south-1:1:t", "",
    ],
)  # fmt: skip
def test_any_other_is_refused_without_being_shown(number: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Telephone.model_validate({"to": number})
    assert not number or number not in str(refused.value)


# What leaves, and what comes back


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMS_SENDER_ID", "")
    with aws():
        yield


def sent() -> list[tuple[str, str]]:
    region = boto3.Session().region_name
    return list(sns_backends["123456789012"][region].sms_messages.values())


@pytest.mark.usefixtures("cloud")
def test_the_telephone_gets_the_message() -> None:
    sms.notifier.notify(notice(address=ADDRESS))
    assert sent() == [(NUMBER, text_of(notice()))]


def test_by_itself_only_what_is_urgent_is_told() -> None:
    usual = sms.notifier.notices
    assert usual is not None
    assert {"conversation.offered", "ladder.exhausted"} <= usual
    assert not {"message.received", "clock.imminent", "offer.withdrawn"} & usual


class Client:
    """SNS that keeps what it is asked, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.requests: list[dict[str, Any]] = []

    def publish(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        if self.failure is not None:
            raise self.failure
        return {"MessageId": "1"}


def ring(monkeypatch: pytest.MonkeyPatch, failure: Exception | None = None) -> Client:
    client = Client(failure)
    monkeypatch.setattr(sms, "aws_client", lambda _service: client)
    sms.notifier.notify(notice(address=ADDRESS))
    return client


def test_it_is_sent_as_what_people_wait_for_and_at_a_price_with_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMS_SENDER_ID", "Sportello")
    (request,) = ring(monkeypatch).requests
    attributes = request["MessageAttributes"]
    assert {name: value["StringValue"] for name, value in attributes.items()} == {
        "AWS.SNS.SMS.SMSType": "Transactional",
        "AWS.SNS.SMS.MaxPrice": MAX_PRICE_USD,
        "AWS.SNS.SMS.SenderID": "Sportello",
    }


def test_without_a_name_of_its_own_sns_chooses_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_SENDER_ID", "")
    (request,) = ring(monkeypatch).requests
    assert "AWS.SNS.SMS.SenderID" not in request["MessageAttributes"]


def documented_errors() -> list[str]:
    publish = Session().get_service_model("sns").operation_model("Publish")
    return [shape.metadata["error"]["code"] for shape in publish.error_shapes]


MEANINGS: dict[str, type[SportelloError]] = {
    "AuthorizationError": ConfigurationRefused,
    "InvalidSecurity": ConfigurationRefused,
    "InvalidParameter": Rejected,
    "ParameterValueInvalid": Rejected,
    "ValidationException": Rejected,
    "OptedOut": EndpointGone,
    "Throttling": ProviderUnavailable,
    "Throttled": ProviderUnavailable,
}


@pytest.mark.parametrize("code", sorted({*documented_errors(), *MEANINGS}))
def test_each_error_says_whether_another_attempt_may_help(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_SENDER_ID", "")
    words = f"the number {NUMBER} is not possible"
    failure = ClientError({"Error": {"Code": code, "Message": words}}, "Publish")
    meaning = MEANINGS.get(code, ProviderUnavailable)
    with pytest.raises(meaning) as raised:
        ring(monkeypatch, failure)
    assert type(raised.value) is meaning
    assert NUMBER not in str(raised.value)


def test_no_answer_asks_for_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_SENDER_ID", "")
    with pytest.raises(ProviderUnavailable, match="ReadTimeoutError"):
        ring(monkeypatch, ReadTimeoutError(endpoint_url="https://sns.example"))
