import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st
from moto.ses.models import Message
from moto.sesv2.models import sesv2_backends
from pydantic import ValidationError

from notifiers import email
from notifiers.email import Mailbox, content
from sportello.errors import (
    ConfigurationRefused,
    NotConfigured,
    ProviderUnavailable,
    Rejected,
    SportelloError,
)
from sportello.people.notifying.notice_words import Reader, in_words
from sportello.people.notifying.notifier import Notification, OfferLinks
from support.clouds.quick_moto import aws
from support.notices import HOSTILE, notice, spoken_by, strangers_texts

SENDER = "desk@example.com"
TO = "anna.bianchi+desk@example.com"
ADDRESS = {"to": TO, "language": "en", "time_zone": "UTC"}
LINKS = OfferLinks(
    accept="https://d.example/answers/a?x=1&y='2'", decline="https://d.example/answers/d"
)


def mail(notification: Notification, *, show_words: bool = False) -> dict[str, Any]:
    reader = Reader(language="en", time_zone="UTC")
    words = in_words(notification, reader, show_words=show_words)
    simple: dict[str, Any] = content(words, notification)["Simple"]
    return simple


class Page(HTMLParser):
    """What a mail program would show of a page, follow and load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page_of(simple: dict[str, Any]) -> Page:
    return Page(simple["Body"]["Html"]["Data"])


# What is written


def test_an_offer_is_told_in_plain_text_with_its_links() -> None:
    assert mail(notice(links=LINKS))["Body"]["Text"]["Data"].splitlines() == [
        "A customer is waiting",
        "",
        "Queue: sales",
        "Priority: high",
        "Open until: 10:01",
        "Answer due: 10:05",
        "Waiting since: 09:58",
        "Channel: whatsapp",
        "",
        "Accept: https://d.example/answers/a?x=1&y='2'",
        "Decline: https://d.example/answers/d",
    ]


def test_the_page_says_the_same_and_leads_to_the_same() -> None:
    page = page_of(mail(notice(links=LINKS)))
    assert page.links == [LINKS.accept, LINKS.decline]
    assert {"A customer is waiting", "sales", "high", "10:01", "Accept", "Decline"} <= {*page.text}


def test_without_links_there_is_nothing_to_press() -> None:
    simple = mail(notice())
    assert page_of(simple).links == []
    assert "https:" not in simple["Body"]["Text"]["Data"]


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    page = page_of(mail(notice(links=LINKS), show_words=True))
    assert set(page.tags) <= {"html", "body", "p", "b", "table", "tr", "th", "td", "a"}
    assert page.attributes <= {"href", "align", "cellpadding"}


def test_nothing_of_the_customers_is_in_a_mail_by_itself() -> None:
    assert "Niccolò" not in str(mail(notice()))
    assert "pacco" not in str(mail(notice()))


def test_asked_for_the_words_are_in_the_text_and_never_in_the_subject() -> None:
    simple = mail(notice(), show_words=True)
    assert "Niccolò “Il mio pacco è in ritardo”" in simple["Body"]["Text"]["Data"]
    assert simple["Subject"]["Data"] == "A customer is waiting"


@given(text=strangers_texts)
def test_strangers_words_change_neither_subject_nor_headers_nor_markup(text: str) -> None:
    plain, hostile = mail(notice(links=LINKS)), mail(notice(data=spoken_by(text), links=LINKS))
    shown = mail(notice(data=spoken_by(text), links=LINKS), show_words=True)
    assert hostile == plain
    assert (shown["Subject"], shown["Headers"]) == (plain["Subject"], plain["Headers"])
    page = page_of(shown)
    assert page.links == [LINKS.accept, LINKS.decline]
    assert set(page.tags) <= {"html", "body", "p", "b", "table", "tr", "th", "td", "a"}
    assert len(shown["Body"]["Text"]["Data"].splitlines()) <= 12


@pytest.mark.parametrize("text", [*HOSTILE, "<script>alert(1)</script>", "'><a href='//evil'>"])
def test_markup_in_a_name_is_a_name(text: str) -> None:
    page = page_of(mail(notice(data=spoken_by(text)), show_words=True))
    assert page.links == []
    assert "script" not in page.tags


@given(name=st.text(max_size=60))
def test_a_subject_is_one_line_whatever_the_notice_is_called(name: str) -> None:
    subject = mail(notice(name))["Subject"]["Data"]
    assert len(subject.splitlines()) == 1


def test_headers_say_that_no_person_wrote_it_and_which_notice_it_is() -> None:
    first, again, other = (
        {header["Name"]: header["Value"] for header in mail(one)["Headers"]}
        for one in (notice(), notice(), notice(id="another/notice"))
    )
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Sportello-Notice"] == again["X-Sportello-Notice"]
    assert first["X-Sportello-Notice"] != other["X-Sportello-Notice"]
    assert re.fullmatch(r"[0-9a-f]{32}", first["X-Sportello-Notice"])


# Addresses


@pytest.mark.parametrize("to", [TO, "a@b.it", "o'neil@xn--bcher-kva.example", f"{'a' * 64}@b.it"])
def test_an_address_that_ses_takes_is_taken(to: str) -> None:
    assert email.notifier.faults(Mailbox.model_validate({"to": to})) == []


@pytest.mark.parametrize(
    "to",
    [
        "anna", "anna@localhost", "@b.it", "a@", "a@b@c.it", "a b@c.it", "a@b..it", "a@-b.it",
        "Anna <a@b.it>", "a@b.it,c@d.it", "a@b.it\r\nBcc: c@d.it", "a@b.it\n", "<a@b.it>",
        "a@[127.0.0.1]", "niccolò@b.it", '"a b"@c.it', f"{'a' * 65}@b.it",
        f"a@{'b' * 64}.it", f"a@{'b.' * 130}it", "a@b.i", "",
    ],
)  # fmt: skip
def test_any_other_is_refused_without_being_shown(to: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Mailbox.model_validate({"to": to})
    assert not to or to not in str(refused.value)


@given(to=st.text(max_size=80))
def test_whatever_is_taken_is_one_address_on_one_line(to: str) -> None:
    try:
        mailbox = Mailbox.model_validate({"to": to})
    except ValidationError:
        return
    assert mailbox.to.count("@") == 1
    assert not re.search(r"[\s<>,;:\"\\]", mailbox.to)


# What leaves, and what comes back


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NOTIFIER_EMAIL_FROM", SENDER)
    with aws():
        yield


def sent() -> list[Message]:
    region = boto3.Session().region_name
    return [
        message
        for message in sesv2_backends["123456789012"][region].core_backend.sent_messages
        if isinstance(message, Message)
    ]


@pytest.mark.usefixtures("cloud")
def test_the_mailbox_gets_the_mail() -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    email.notifier.notify(notice(address=ADDRESS, links=LINKS))
    (message,) = sent()
    assert message.source == SENDER
    assert message.destinations == {"ToAddresses": [TO]}
    assert message.subject == "A customer is waiting"
    assert "Accept" in message.body


@pytest.mark.usefixtures("cloud")
def test_a_sender_that_is_not_verified_is_the_operators_to_mend() -> None:
    with pytest.raises(ConfigurationRefused, match="registration"):
        email.notifier.notify(notice(address=ADDRESS))


def test_without_a_sender_it_says_which_parameter_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTIFIER_EMAIL_FROM", "")
    with pytest.raises(NotConfigured, match="NotifierEmailFrom"):
        email.notifier.notify(notice(address=ADDRESS))


def test_by_itself_it_tells_what_is_worth_a_mail() -> None:
    usual = email.notifier.notices
    assert usual is not None
    assert {"conversation.offered", "ladder.exhausted", "promise.broken"} <= usual
    assert not {"message.received", "offer.withdrawn"} & usual


def ring(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    class Client:
        def send_email(self, **_request: Any) -> None:
            raise failure

    monkeypatch.setenv("NOTIFIER_EMAIL_FROM", SENDER)
    monkeypatch.setattr(email, "aws_client", lambda _service: Client())
    email.notifier.notify(notice(address=ADDRESS))


def documented_errors() -> list[str]:
    send = Session().get_service_model("sesv2").operation_model("SendEmail")
    return [shape.name for shape in send.error_shapes]


MEANINGS: dict[str, type[SportelloError]] = {
    "AccessDeniedException": ConfigurationRefused,
    "AccountSuspendedException": ConfigurationRefused,
    "BadRequestException": Rejected,
    "MailFromDomainNotVerifiedException": ConfigurationRefused,
    "MessageRejected": ConfigurationRefused,
    "NotFoundException": ConfigurationRefused,
    "SendingPausedException": ConfigurationRefused,
    "LimitExceededException": ProviderUnavailable,
    "TooManyRequestsException": ProviderUnavailable,
    "ThrottlingException": ProviderUnavailable,
    "InternalFailure": ProviderUnavailable,
}


def test_every_documented_error_has_its_meaning() -> None:
    assert set(documented_errors()) <= set(MEANINGS)


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_each_error_says_who_must_act_and_shows_no_address(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = f"Email address is not verified: {TO}"
    failure = ClientError({"Error": {"Code": code, "Message": words}}, "SendEmail")
    with pytest.raises(MEANINGS[code]) as raised:
        ring(monkeypatch, failure)
    assert type(raised.value) is MEANINGS[code]
    assert TO not in str(raised.value)


def test_a_days_quota_that_is_used_up_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failure = ClientError({"Error": {"Code": "LimitExceededException"}}, "SendEmail")
    with pytest.raises(ProviderUnavailable) as busy:
        ring(monkeypatch, failure)
    assert busy.value.retry_after_seconds == 900


def test_no_answer_asks_for_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProviderUnavailable, match="ReadTimeoutError"):
        ring(monkeypatch, ReadTimeoutError(endpoint_url="https://email.example"))
