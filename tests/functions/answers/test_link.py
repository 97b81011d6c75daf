"""What a person sees who follows a link, and what a link can never do."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from answers import link as link_function
from answers.pages import HEADERS, STYLE
from sportello.aws import credentials
from sportello.conversation.commands import Command
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.entrypoints import runtime
from sportello.errors import StorageBusy
from sportello.model import written
from sportello.people.notifying.answer_links import (
    Answer,
    AnswerLink,
    offer_links,
    read_token,
    written_token,
)
from sportello.people.notifying.notifier import Notification
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.table.agents.link_table import LinkTable
from sportello.table.desk import Desk, Step
from sportello.table.settings.audit_table import AuditTable
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import LambdaContext
from support.builders import (
    CONVERSATION,
    NOW,
    TERMS,
    accept,
    an_address,
    decline,
    offer,
    receive,
    request_human,
    seconds,
)
from support.clouds.quick_moto import aws
from support.clouds.staffed_desk import StaffedDesk, staffed_desk
from support.clouds.table import all_items, desk, unaudited_items

KEY = "a made-up key of thirty-two bytes"
OTHER = "another one, as long as the first"


class Desktop:
    """A conversation offered to Anna's tier, whose own endpoint has been given links."""

    def __init__(self, empty: Desk) -> None:
        self.desk, self.now = empty, NOW
        for command in (receive(), request_human(), offer(agents=("anna", "bruno"))):
            self.do(command)
        open_offer = self.state.offer
        assert open_offer is not None
        ring = Notification(
            id=f"{CONVERSATION}/offer:{open_offer.offer_id}:@anna/phone",
            notice="conversation.offered",
            at=NOW,
            conversation_id=CONVERSATION,
            channel="fake",
            endpoint="@anna/phone",
            address={},
            data={"offer_id": open_offer.offer_id, "expires_at": written(NOW + seconds(60))},
            agent_id="anna",
        )
        links = offer_links(ring, KEY.encode(), "https://desk.example/v1")
        self.accept = links.accept.rpartition("/")[2]
        self.decline = links.decline.rpartition("/")[2]

    @property
    def state(self) -> ConversationState:
        return self.desk.table.load(CONVERSATION).state

    def do(self, command: Command) -> None:
        step = Step(command=command, terms=TERMS, address=an_address())
        self.desk.act(CONVERSATION, lambda _: step, NOW)

    def forged(self, **changes: Any) -> str:
        """The link to accept with something else in it, signed by somebody else."""
        return written_token(self.read().model_copy(update=changes), OTHER.encode())

    def read(self) -> AnswerLink:
        link = read_token(self.accept, [KEY.encode()])
        assert link is not None
        return link


class Page:
    def __init__(self, answer: dict[str, Any]) -> None:
        self.status: int = answer["statusCode"]
        self.body: str = answer["body"]
        self.headers: dict[str, str] = answer["headers"]

    @property
    def says(self) -> str:
        (heading,) = re.findall("<h1>(.*?)</h1>", self.body)
        return str(heading)

    @property
    def buttons(self) -> list[str]:
        return re.findall("<button>(.*?)</button>", self.body)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    monkeypatch.setenv("ANSWER_LINK_SECRET", "links")
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "30")
    with aws(), desk() as empty:
        document = json.dumps({"signing_key": KEY})
        boto3.client("secretsmanager").create_secret(Name="links", SecretString=document)
        settings = SettingsStore(empty.table, 0)
        monkeypatch.setattr(runtime, "desk", lambda: empty)
        monkeypatch.setattr(runtime, "settings", lambda: settings)
        ours = Desktop(empty)
        monkeypatch.setattr(runtime, "utc_now", lambda: ours.now)
        yield ours


@pytest.fixture
def staffed(monkeypatch: pytest.MonkeyPatch) -> Iterator[StaffedDesk]:
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "30")
    with staffed_desk() as ours:
        yield ours


def follow(method: str, token: str, language: str = "en") -> Page:
    event = {
        "httpMethod": method,
        "path": f"/answers/{token}",
        "pathParameters": {"token": token},
        "headers": {"Accept-Language": language},
        "body": None,
        "isBase64Encoded": False,
    }
    return Page(link_function.handler(event, LambdaContext()))


def post(token: str, language: str = "en") -> Page:
    return follow("POST", token, language)


# --- looked at ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_to_look_at_a_link_does_nothing_however_often(office: Desktop, method: str) -> None:
    before = all_items(office.desk.table)
    for token in (office.accept, office.decline, office.accept):
        assert follow(method, token).status == 200
    assert all_items(office.desk.table) == before


def test_the_page_asks_with_one_button_and_says_what_it_is_about(office: Desktop) -> None:
    office.now += timedelta(minutes=1, seconds=10)
    page = follow("GET", office.accept)
    assert page.says == "Do you take this conversation?"
    assert page.buttons == ["Take it"]
    assert "Queue default, on fake; waiting for 1 min." in page.body
    assert follow("GET", office.decline).buttons == ["Decline"]
    assert follow("HEAD", office.accept).body == ""


def test_the_page_says_nothing_of_the_customer(office: Desktop) -> None:
    body = follow("GET", office.accept).body
    assert "Anna" not in body
    assert CONVERSATION not in body


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("it-IT,it;q=0.9,en;q=0.8", "Prende in carico questa conversazione?"),
        ("IT", "Prende in carico questa conversazione?"),
        ("de-DE, it;q=0.5, en", "Prende in carico questa conversazione?"),
        ("de, en-GB;q=0.7", "Do you take this conversation?"),
        ("de", "Prende in carico questa conversazione?"),
        ("", "Prende in carico questa conversazione?"),
        ("x" * 5_000, "Prende in carico questa conversazione?"),
        ("../en", "Prende in carico questa conversazione?"),
    ],
)
def test_it_speaks_the_language_of_the_browser(office: Desktop, language: str, says: str) -> None:
    assert follow("GET", office.accept, language).says == says


def test_every_page_is_kept_nowhere_and_runs_no_script(office: Desktop) -> None:
    for page in (follow("GET", office.accept), post("forged"), post(office.accept)):
        assert page.headers == HEADERS
        assert "<script" not in page.body
    policy = HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert HEADERS["cache-control"] == "no-store"
    assert HEADERS["referrer-policy"] == "no-referrer"
    assert "noindex" in HEADERS["x-robots-tag"]
    assert STYLE in follow("GET", office.accept).body


def test_a_queue_is_shown_as_text_whatever_it_is_called(office: Desktop) -> None:
    hostile = office.state.model_copy(update={"queue": "<script>alert(1)</script>{token}"})
    conversation = office.desk.table.load(CONVERSATION).model_copy(update={"state": hostile})
    with patch.object(office.desk.table, "load", return_value=conversation):
        body = follow("GET", office.accept).body
    assert "<script" not in body
    assert "&lt;script&gt;" in body


# --- answered -----------------------------------------------------------------------------------


def test_its_form_accepts(office: Desktop) -> None:
    page = post(office.accept)
    assert (page.status, page.says) == (
        200,
        "The conversation is yours: you find it at your desk.",
    )
    assert (office.state.owner.kind, office.state.owner.name) == (OwnerKind.AGENT, "anna")


def test_its_form_declines(office: Desktop) -> None:
    page = post(office.decline, "it")
    assert (page.status, page.says) == (200, "Ha rifiutato la conversazione.")
    assert office.state.offer is not None
    assert office.state.offer.declined_by == ("anna",)


def test_sent_twice_it_answers_once_and_says_the_same(
    office: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    first = post(office.accept)
    before = unaudited_items(office.desk.table)
    again = post(office.accept)
    assert again.says == first.says
    assert again.status == 410
    assert unaudited_items(office.desk.table) == before
    assert capsys.readouterr().out.count('"LinksRefused":[1.0]') == 1


def test_a_used_link_takes_nothing_back_from_whoever_has_it_by_now(office: Desktop) -> None:
    post(office.decline)
    for command in (decline("bruno"), offer(tier=1)):
        office.do(command)
    before = office.state
    assert post(office.decline).says == "You have declined the conversation."
    assert office.state == before


def test_sent_twice_at_once_the_second_does_not_act(office: Desktop) -> None:
    """The first has taken the link, and is not done yet."""
    office.desk.table.links.use(office.read().name, NOW)
    before = office.state
    page = post(office.accept)
    assert page.says.startswith("Your answer has been sent.")
    assert office.state == before


def test_whoever_died_on_the_way_keeps_nobody_from_answering(office: Desktop) -> None:
    with (
        patch.object(office.desk, "act", side_effect=SystemExit),
        patch.object(LinkTable, "give_back", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        post(office.accept)
    office.now = NOW + seconds(59)
    assert post(office.accept).says.startswith("Your answer has been sent.")
    office.now = NOW + seconds(60)
    assert post(office.accept).status == 200
    assert office.state.owner.name == "anna"
    office.now = NOW + seconds(85)
    assert post(office.accept).status == 410


def test_who_comes_late_is_told_that_somebody_else_has_it(office: Desktop) -> None:
    office.do(accept("bruno"))
    before = office.state
    for page in (follow("GET", office.accept), post(office.accept), post(office.decline)):
        assert (page.status, page.says) == (410, "Somebody else has the conversation by now.")
        assert page.buttons == []
    assert office.state == before


def test_an_offer_that_is_over_is_said_to_be(office: Desktop) -> None:
    for command in (decline("anna"), decline("bruno")):
        office.do(command)
    assert follow("GET", office.accept).says.startswith("This offer is over")
    assert post(office.accept).says.startswith("This offer is over")
    assert office.state.owner.kind is OwnerKind.QUEUE


def test_what_could_not_be_done_may_be_sent_again(office: Desktop) -> None:
    with patch.object(office.desk, "act", side_effect=StorageBusy("too many writers")):
        page = post(office.accept)
    assert (page.status, page.buttons) == (503, ["Try again"])
    assert post(office.accept).status == 200
    assert office.state.owner.name == "anna"


def test_a_page_that_cannot_be_made_asks_for_nothing(office: Desktop) -> None:
    with patch.object(office.desk.table, "load", side_effect=StorageBusy("unread")):
        page = follow("GET", office.accept)
    assert (page.status, page.buttons) == (503, [])


def test_without_room_it_takes_nothing_and_stays_good(office: Desktop) -> None:
    table = office.desk.table
    full = AgentProfile(capacity=1)
    table.agents.put_profile("anna", full, 0, NOW)
    table.agents.set_presence("anna", Presence.BUSY, NOW + timedelta(hours=8), NOW)
    page = post(office.accept)
    assert page.says.startswith("You have no room for it")
    assert page.status == 409
    assert office.state.owner.kind is OwnerKind.QUEUE
    table.agents.put_profile("anna", full.model_copy(update={"capacity": 2}), 1, NOW)
    assert post(office.accept).status == 200
    assert office.state.owner.name == "anna"


def test_when_one_agent_declines_the_next_is_asked_at_once(
    staffed: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed.at_work("anna")
    staffed.pass_time(1)
    staffed.at_work("bruno")
    staffed.waits(CONVERSATION)
    offered = staffed.state(CONVERSATION).personal_offer
    assert offered is not None
    assert offered.agent_id == "anna"
    monkeypatch.setattr(runtime, "desk", lambda: staffed.desk)
    monkeypatch.setattr(runtime, "settings", lambda: staffed.settings)
    monkeypatch.setattr(runtime, "utc_now", lambda: staffed.now)
    link = AnswerLink(
        conversation_id=CONVERSATION,
        offer_id=offered.offer_id,
        agent_id="anna",
        answer=Answer.DECLINE,
        expires_at=offered.expires_at,
        nonce="n-1",
    )
    with patch.object(link_function, "_keys", return_value=[KEY.encode()]):
        assert post(written_token(link, KEY.encode())).status == 200
    assert staffed.asked_for(CONVERSATION) == "bruno"


# --- audited ------------------------------------------------------------------------------------


def test_whoever_answers_by_a_link_is_in_the_audit(office: Desktop) -> None:
    follow("GET", office.accept)
    post("forged")
    for token in (office.accept, office.accept, office.decline):
        post(token)
        office.now += seconds(1)
    office.now = NOW + seconds(90)
    post(office.decline)
    acts = list(office.desk.table.audit.newest_first(NOW, NOW + seconds(100)))[::-1]
    assert {(act.agent_id, act.conversation_id, act.route) for act in acts} == {
        ("anna", CONVERSATION, "/answers/{token}")
    }
    assert [(act.target["answer"], act.status, act.problem) for act in acts] == [
        ("accept", 200, ""),
        ("accept", 409, "not-allowed"),
        ("decline", 409, "not-allowed"),
        ("decline", 409, "not-allowed"),
    ]


def test_an_answer_that_failed_is_in_the_audit(office: Desktop) -> None:
    with patch.object(office.desk, "act", side_effect=StorageBusy("too many writers")):
        post(office.accept)
    (act,) = office.desk.table.audit.newest_first(NOW, NOW + seconds(1))
    assert (act.status, act.problem) == (503, "busy")


def test_an_answer_stands_that_cannot_be_audited(
    office: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    with patch.object(AuditTable, "keep", side_effect=StorageBusy("unwritten")):
        assert post(office.accept).status == 200
    assert office.state.owner.name == "anna"
    assert capsys.readouterr().out.count('"NotAudited":[1.0]') == 1


# --- refused ------------------------------------------------------------------------------------


def refused_links(office: Desktop) -> dict[str, str]:
    content, _, signature = office.accept.partition(".")
    return {
        "made up": "nothing",
        "empty": "",
        "signed by another": office.forged(),
        "for another agent": office.forged(agent_id="mallory"),
        "cut off": office.accept[:-1],
        "without its signature": content,
        "with the signature of another": f"{content}.{office.decline.partition('.')[2]}",
        "with nothing but a signature": f".{signature}",
    }


def test_what_is_no_link_of_ours_is_refused_and_changes_nothing(
    office: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    before = all_items(office.desk.table)
    tokens = refused_links(office)
    for token in tokens.values():
        for method in ("GET", "POST"):
            page = follow(method, token)
            assert (page.status, page.buttons) == (403, [])
    assert all_items(office.desk.table) == before
    assert capsys.readouterr().out.count('"LinksRefused":[1.0]') == 2 * len(tokens)


@pytest.mark.parametrize("late", [seconds(90), timedelta(days=1)])
def test_a_link_that_has_expired_is_refused(office: Desktop, late: timedelta) -> None:
    before = unaudited_items(office.desk.table)
    office.now = NOW + late
    for method in ("GET", "POST"):
        page = follow(method, office.accept)
        assert (page.status, page.says) == (410, "This link has expired. Answer at your desk.")
    assert unaudited_items(office.desk.table) == before


def test_until_its_last_second_it_is_taken(office: Desktop) -> None:
    office.now = NOW + seconds(89)
    assert post(office.accept).status == 200


def test_without_its_secret_nobody_is_let_in(office: Desktop) -> None:
    boto3.client("secretsmanager").delete_secret(SecretId="links", ForceDeleteWithoutRecovery=True)
    before = office.state
    assert post(office.accept).status == 503
    assert office.state == before


def test_a_link_signed_with_a_key_that_was_just_changed_is_genuine(
    office: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert follow("GET", office.accept).status == 200
    changed = json.dumps({"signing_key": OTHER, "previous_signing_key": KEY})
    boto3.client("secretsmanager").put_secret_value(SecretId="links", SecretString=changed)
    later = time.monotonic() + 11
    monkeypatch.setattr("sportello.aws.credentials.time.monotonic", lambda: later)
    new = written_token(office.read(), OTHER.encode())
    assert follow("GET", new).status == 200
    assert follow("GET", office.accept).status == 200


def test_strangers_do_not_have_the_secret_read_over_and_over(
    office: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    fetched = credentials._fetched

    def noted(secret_id: str) -> str:
        reads.append(secret_id)
        return fetched(secret_id)

    monkeypatch.setattr(credentials, "_fetched", noted)
    for _ in range(5):
        assert post(office.forged()).status == 403
    assert reads == ["links"]


def test_an_empty_previous_key_is_none(office: Desktop) -> None:
    document = json.dumps({"signing_key": KEY, "previous_signing_key": ""})
    boto3.client("secretsmanager").put_secret_value(SecretId="links", SecretString=document)
    assert follow("GET", office.accept).status == 200


def test_nothing_of_a_link_is_in_the_log(
    office: Desktop, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    follow("GET", office.accept)
    post(office.accept)
    post(office.accept)
    written_down = capsys.readouterr().out + caplog.text
    link = office.read()
    for secret in (office.accept, link.nonce, link.name):
        assert secret not in written_down
