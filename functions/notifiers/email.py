"""Agent endpoints that are mailboxes: a short mail by Amazon SES.

Subject and text are ours. A customer's name and words are in the text only, and only if the
endpoint asks for them: mail is read on locked screens and kept by whoever carries it.
docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Annotated, Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import StringConstraints

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.entrypoints.notifier import notify_queue
from sportello.errors import (
    ConfigurationRefused,
    NotConfigured,
    ProviderUnavailable,
    Rejected,
    SportelloError,
)
from sportello.messaging.channel_faults import ChannelFault
from sportello.people.notifying.notice_texts import language_faults
from sportello.people.notifying.notice_words import NoticeWords, Reader, in_words
from sportello.people.notifying.notifier import (
    NEEDING_SOMEBODY,
    AddressFault,
    Notification,
    OfferLinks,
    notice_tag,
)

_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_TOP = r"[A-Za-z](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])"
_LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""

_REFUSALS = {
    "AccessDenied": ChannelFault.PERMISSION,
    "AccessDeniedException": ChannelFault.PERMISSION,
    "AccountSuspendedException": ChannelFault.RESTRICTED,
    "MailFromDomainNotVerifiedException": ChannelFault.REGISTRATION,
    "MessageRejected": ChannelFault.REGISTRATION,
    "NotFoundException": ChannelFault.REGISTRATION,
    "SendingPausedException": ChannelFault.RESTRICTED,
}
"""What only an operator can end. A message is rejected for what it holds, too, but ours holds
nothing: it is the sender, or in the sandbox the receiver, that is not verified."""

_QUOTA_ENDS_AFTER_SECONDS = 900


class EmailEnvironment(Environment):
    """`notifier_email_from` is an address of an identity that SES has verified."""

    notifier_email_from: str = ""


class Mailbox(Reader):
    """`to` is ASCII, as SES demands; `show_words` lets the customer's name and words into it."""

    to: Annotated[
        str,
        StringConstraints(
            pattern=rf"^{_LOCAL_PART}@(?:{_LABEL}\.)+{_TOP}$", max_length=_LONGEST_ADDRESS
        ),
    ]
    show_words: bool = False


class Email:
    name = "email"
    address = Mailbox
    # Not that an offer has ended: a mail cannot be taken back; its links say that it is over.
    notices: frozenset[str] | None = NEEDING_SOMEBODY - {
        "clock.imminent",
        "conversation.taken_over",
        "snooze.ended",
    }

    def faults(self, address: Mailbox) -> Sequence[AddressFault]:
        return language_faults(address.language)

    def notify(self, notification: Notification) -> str:
        mailbox = Mailbox.model_validate(notification.address, extra="ignore")
        sender = EmailEnvironment.load().notifier_email_from
        if not sender:
            raise NotConfigured("mails have no sender: set the parameter NotifierEmailFrom")
        words = in_words(notification, mailbox, show_words=mailbox.show_words)
        try:
            aws_client("sesv2").send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": [mailbox.to]},
                Content=content(words, notification),
            )
        except ClientError as error:
            raise _failure(error.response["Error"]["Code"]) from None
        except BotoCoreError as error:
            raise ProviderUnavailable(f"no answer from SES: {type(error).__name__}") from None
        return ""


def content(words: NoticeWords, notification: Notification) -> dict[str, Any]:
    """Return a mail with a plain and an HTML alternative.

    Its headers tell that no person wrote it (RFC 3834), and which notice it is: that may be
    mailed twice, and SES gives each mail a Message-ID of its own.
    """
    return {
        "Simple": {
            "Subject": {"Data": words.title, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": "\n".join(_lines(words, notification.links)), "Charset": "UTF-8"},
                "Html": {"Data": _page(words, notification.links), "Charset": "UTF-8"},
            },
            "Headers": [
                {"Name": "Auto-Submitted", "Value": "auto-generated"},
                {"Name": "X-Sportello-Notice", "Value": notice_tag(notification.id)},
            ],
        }
    }


def _lines(words: NoticeWords, links: OfferLinks | None) -> Iterator[str]:
    yield words.title
    yield ""
    yield from map(str, (*words.facts, *words.customer))
    if links is not None:
        yield ""
        yield f"{words.accept}: {links.accept}"
        yield f"{words.decline}: {links.decline}"


def _page(words: NoticeWords, links: OfferLinks | None) -> str:
    """Return markup that loads nothing from anywhere and holds no script."""
    rows = "".join(
        f"<tr><th align='left'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in (*words.facts, *words.customer)
    )
    page = f"<p><b>{escape(words.title)}</b></p><table cellpadding='4'>{rows}</table>"
    if links is not None:
        page += (
            f"<p><a href='{escape(links.accept)}'>{escape(words.accept)}</a> &nbsp; "
            f"<a href='{escape(links.decline)}'>{escape(words.decline)}</a></p>"
        )
    return f"<!doctype html><html><body>{page}</body></html>"


def _failure(code: str) -> SportelloError:
    """Tell by the code alone: SES's own words hold the address.

    docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
    """
    if code == "BadRequestException":
        return Rejected(f"SES refuses the mail: {code}")
    if code in _REFUSALS:
        return ConfigurationRefused(_REFUSALS[code], code)
    wish = _QUOTA_ENDS_AFTER_SECONDS if code == "LimitExceededException" else None
    return ProviderUnavailable(f"SES did not take the mail: {code}", retry_after_seconds=wish)


notifier = Email()
notify = notify_queue(notifier, "sesv2")
