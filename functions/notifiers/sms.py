"""Agent endpoints that are telephones: a text message by Amazon SNS, for whoever is on call.

A message costs money, lies on a locked screen and cannot be taken back: it is one part, says
nothing of the customer, and only what is urgent is told unless the endpoint says otherwise.
docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import StringConstraints

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.entrypoints.notifier import notify_queue
from sportello.errors import (
    ConfigurationRefused,
    EndpointGone,
    ProviderUnavailable,
    Rejected,
    SportelloError,
)
from sportello.messaging.channel_faults import ChannelFault
from sportello.people.notifying.notice_texts import language_faults
from sportello.people.notifying.notice_words import NoticeWords, Reader, in_words
from sportello.people.notifying.notifier import AddressFault, Notification

MAX_PRICE_USD = "0.50"
"""For one message; SNS leaves out what would cost more, a premium number say."""

PART_BYTES = 140
"""What one part holds: 160 characters of seven bits, or 70 of sixteen. 3GPP TS 23.040, 9.2.3.24."""

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENDED = frozenset("\f^{}\\[~]|€")
"""The default alphabet, and its extension, where each takes two places. 3GPP TS 23.038, 6.2.1."""

_REFUSALS = {
    "AccessDenied": ChannelFault.PERMISSION,
    "AuthorizationError": ChannelFault.PERMISSION,
    "InvalidClientTokenId": ChannelFault.PERMISSION,
    "InvalidSecurity": ChannelFault.PERMISSION,
    "OptInRequired": ChannelFault.ACCOUNT,
}
_IMPOSSIBLE = frozenset(
    {"InvalidParameter", "InvalidParameterValue", "ParameterValueInvalid", "ValidationException"}
)
_GONE = frozenset({"OptedOut", "OptedOutException"})


class SmsEnvironment(Environment):
    """`sms_sender_id` is who the message is from; empty for a number that SNS chooses."""

    sms_sender_id: str = ""


class Telephone(Reader):
    """`to` is in E.164: a plus, the country, the number, fifteen digits at most."""

    to: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{7,14}$")]


class Sms:
    name = "sms"
    address = Telephone
    # Not that an offer has ended: what was sent stays sent, and a second message helps nobody.
    notices: frozenset[str] | None = frozenset(
        {
            "conversation.assigned",
            "conversation.consulted",
            "conversation.offered",
            "clock.breaching",
            "ladder.exhausted",
            "promise.broken",
        }
    )

    def faults(self, address: Telephone) -> Sequence[AddressFault]:
        return language_faults(address.language)

    def notify(self, notification: Notification) -> str:
        telephone = Telephone.model_validate(notification.address, extra="ignore")
        text = message(in_words(notification, telephone), notification)
        try:
            aws_client("sns").publish(
                PhoneNumber=telephone.to, Message=text, MessageAttributes=_attributes()
            )
        except ClientError as error:
            raise _failure(error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise ProviderUnavailable(f"no answer from SNS: {type(error).__name__}") from None
        return ""


def message(words: NoticeWords, notification: Notification) -> str:
    """Return as much of a notice as one part holds."""
    candidates = list(_candidates(words, notification))
    return next((text for text in candidates if is_one_part(text)), _cut(candidates[-1]))


def is_one_part(text: str) -> bool:
    return bits(text) <= PART_BYTES * 8


def bits(text: str) -> int:
    """Return the size of a text in the narrowest alphabet that has all of it."""
    if set(text) <= _GSM_7 | _GSM_7_EXTENDED:
        return 7 * sum(1 + (character in _GSM_7_EXTENDED) for character in text)
    return 8 * len(text.encode("utf-16-be"))


def _candidates(words: NoticeWords, notification: Notification) -> Iterator[str]:
    """The fullest first. A link that is cut leads nowhere: it is whole or not there."""
    title = f"Sportello: {words.title}"
    texts = [
        f"{title}. {', '.join(map(str, words.facts[:amount]))}"
        for amount in range(len(words.facts), 0, -1)
    ]
    if notification.links is not None:
        accept = f"{words.accept}: {notification.links.accept}"
        yield from (f"{text}. {accept}" for text in (*texts, title))
    yield from (*texts, title)


def _cut(text: str) -> str:
    while not is_one_part(text):
        text = text[:-1]
    return text


def _attributes() -> dict[str, dict[str, str]]:
    attributes = {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": MAX_PRICE_USD},
    }
    if sender := SmsEnvironment.load().sms_sender_id:
        attributes["AWS.SNS.SMS.SenderID"] = {"DataType": "String", "StringValue": sender}
    return attributes


def _failure(code: str) -> SportelloError:
    """Tell by the code alone: SNS's own words hold the number.

    docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    if code in _GONE:
        return EndpointGone("the number takes no messages from this account any more")
    if code in _IMPOSSIBLE:
        return Rejected(f"SNS refuses the message: {code}")
    if code in _REFUSALS:
        return ConfigurationRefused(_REFUSALS[code], code)
    return ProviderUnavailable(f"SNS did not take the message: {code}")


notifier = Sms()
notify = notify_queue(notifier, "sns")
