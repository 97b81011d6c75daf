"""A button in Slack answers its offer once, as whoever pressed it; anything else does nothing."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import timedelta
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from local.providers.providers import Providers
from notifiers.slack import answer
from notifiers.slack.answer import PressedButtons
from notifiers.slack.buttons import OfferButton, sealed
from notifiers.slack.presses import signature
from notifiers.slack.secret import SigningSecrets
from sportello.conversation.commands import Command
from sportello.conversation.events import OwnerKind
from sportello.conversation.state import ConversationState
from sportello.entrypoints import runtime
from sportello.errors import NotConfigured, StorageBusy
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.people.settings import AgentEndpointSettings
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.table.desk import Desk, Step
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import LambdaContext
from support.block_kit import check_message
from support.builders import CONVERSATION, NOW, TERMS, an_address, offer, receive, request_human
from support.clouds.profiles import keep_endpoints
from support.clouds.quick_moto import aws
from support.clouds.table import configure, desk
from support.template import ROOT

ANNA, BRUNO, CARLA = "U024BE7LH", "U0G9QF9C6", "U0CARLA99"
A_MOMENT = 30.0
KEY, OTHER = b"a-made-up-signing-secret", b"another-made-up-signing-secret"
PRESS: dict[str, Any] = json.loads((ROOT / "events/slack/accept.json").read_text())
PRESSES = count()
"""Slack names every press, so that no two calls are the same."""

ENDPOINT = {
    "notifier": "slack",
    "channel": "C024BE91L",
    "agents": {ANNA: "anna", BRUNO: "bruno"},
    "language": "en",
}


def payload(
    value: str, action: str = "accept", user: str = ANNA, pressed_in: str = "C024BE91L"
) -> dict[str, Any]:
    press = deepcopy(PRESS) | {"trigger_id": f"12466734323.1395872398.{next(PRESSES):032x}"}
    press["user"]["id"] = user
    press["container"]["channel_id"] = pressed_in
    press["actions"][0] |= {"action_id": f"offer.{action}", "value": value}
    return press


def called(
    form: Mapping[str, str],
    key: bytes = KEY,
    ago: float = 0,
    headers: Mapping[str, str] | None = None,
) -> WebhookRequest:
    """Return a call as Slack makes and signs it."""
    body = urlencode(form).encode()
    timestamp = str(int((NOW - timedelta(seconds=ago)).timestamp()))
    signed = {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature(timestamp, body, key).decode(),
        "content-type": "application/x-www-form-urlencoded",
        **(headers or {}),
    }
    return WebhookRequest(method="POST", headers=signed, query={}, body=body, received_at=NOW)


class OfferedDesk:
    """A conversation that is offered at the endpoint `desk`, a room in Slack."""

    def __init__(self, empty: Desk) -> None:
        self.desk = empty
        self.told: list[tuple[str, Any]] = []
        self.settings = SettingsStore(empty.table, max_age_seconds=0)
        self.secrets = SigningSecrets.model_validate({"signing_secret": KEY.decode()})
        self.changed: SigningSecrets | None = None
        """What they were changed to a moment ago."""
        self.configure({"desk": ENDPOINT})
        for command in (receive(), request_human(), offer(endpoints=("desk",))):
            self.commit(command)
        assert self.state.offer is not None
        self.offer_id = self.state.offer.offer_id

    def configure(self, endpoints: dict[str, Any]) -> None:
        document = AgentEndpointSettings.model_validate({"endpoints": endpoints})
        configure(self.desk.table, document)

    def commit(self, command: Command) -> None:
        step = Step(command=command, terms=TERMS, address=an_address())
        self.desk.act(CONVERSATION, lambda _: step, NOW)

    @property
    def state(self) -> ConversationState:
        return self.desk.table.load(CONVERSATION).state

    @property
    def owner(self) -> tuple[OwnerKind, str]:
        return self.state.owner.kind, self.state.owner.name

    def value(self, offer_id: str = "", endpoint: str = "desk", key: bytes = KEY) -> str:
        button = OfferButton(
            conversation_id=CONVERSATION, offer_id=offer_id or self.offer_id, endpoint=endpoint
        )
        return sealed(button, key)

    def take(self, request: WebhookRequest) -> HTTPStatus:
        buttons = PressedButtons(
            self.desk,
            self.settings,
            lambda age: self.secrets if age > A_MOMENT or not self.changed else self.changed,
            lambda url, response: self.told.append((url, response)),
        )
        return buttons.take(request)

    def press(
        self, action: str = "accept", user: str = ANNA, value: str = "", **fields: Any
    ) -> Any:
        """Press a button and return what whoever pressed is told."""
        pressed = payload(value or self.value(), action, user, **fields)
        assert self.take(called({"payload": json.dumps(pressed)})) is HTTPStatus.OK
        url, response = self.told[-1]
        assert url == PRESS["response_url"]
        if "blocks" in response:
            check_message(response["text"], response["blocks"])
        return response


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[OfferedDesk]:
    monkeypatch.setenv("AUDIT_RETENTION_DAYS", "30")
    with aws(), desk() as empty:
        yield OfferedDesk(empty)


def test_whoever_presses_accept_has_the_customer(offered: OfferedDesk) -> None:
    told = offered.press("accept", BRUNO)
    assert offered.owner == (OwnerKind.AGENT, "bruno")
    assert told["replace_original"] is True
    assert told["text"] == f"<@{BRUNO}> has this customer."
    assert "actions" not in {block["type"] for block in told["blocks"]}


def test_whoever_presses_decline_has_refused_and_the_buttons_stay(offered: OfferedDesk) -> None:
    offered.configure({"desk": ENDPOINT})
    told = offered.press("decline", BRUNO)
    assert offered.owner[0] is OwnerKind.QUEUE
    assert told["response_type"] == "ephemeral"
    assert told["replace_original"] is False
    assert told["text"] == "You have declined. Others may still be rung."


def test_the_second_is_told_that_somebody_was_faster(offered: OfferedDesk) -> None:
    offered.press("accept", ANNA)
    told = offered.press("accept", BRUNO)
    assert offered.owner == (OwnerKind.AGENT, "anna")
    assert told["response_type"] == "ephemeral"
    assert "not open to you any more" in told["text"]


def test_pressing_twice_is_pressing_once(offered: OfferedDesk) -> None:
    offered.press("accept", ANNA)
    version = offered.state.owner.version
    told = offered.press("accept", ANNA)
    assert told["text"] == f"<@{ANNA}> has this customer."
    assert offered.state.owner.version == version


def test_an_offer_that_is_over_cannot_be_answered(offered: OfferedDesk) -> None:
    before = offered.state
    for action in ("accept", "decline"):
        told = offered.press(action, value=offered.value(offer_id="handoff-1-0"))
        assert "not open to you any more" in told["text"]
    assert offered.state == before


def test_a_stranger_is_told_how_to_be_added(offered: OfferedDesk) -> None:
    before = offered.state
    told = offered.press("accept", CARLA)
    assert told["response_type"] == "ephemeral"
    assert CARLA in told["text"]
    assert "desk" in told["text"]
    assert offered.state == before


def test_people_are_answered_in_the_language_of_the_endpoint(offered: OfferedDesk) -> None:
    offered.configure({"desk": ENDPOINT | {"language": "it"}})
    assert offered.press("accept", ANNA)["text"] == f"Se ne occupa <@{ANNA}>."


def test_nobody_takes_more_than_they_have_room_for(offered: OfferedDesk) -> None:
    agents = offered.desk.table.agents
    agents.put_profile("anna", AgentProfile(capacity=1), 0, NOW)
    agents.set_presence("anna", Presence.BUSY, NOW + timedelta(hours=8), NOW)
    told = offered.press("accept", ANNA)
    assert told["response_type"] == "ephemeral"
    assert told["text"].startswith("You have no room for it")
    assert offered.owner[0] is OwnerKind.QUEUE
    offered.press("accept", BRUNO)
    assert offered.owner == (OwnerKind.AGENT, "bruno")


def test_whoever_answers_is_in_the_audit_and_nobody_else(offered: OfferedDesk) -> None:
    offered.press("accept", CARLA)
    offered.press("accept", ANNA)
    offered.press("accept", BRUNO)
    offered.press("decline", ANNA)
    acts = list(offered.desk.table.audit.newest_first(NOW, NOW + timedelta(seconds=1)))
    assert {(act.conversation_id, act.route) for act in acts} == {(CONVERSATION, "/answers/slack")}
    assert sorted((act.agent_id, act.target["answer"], act.status) for act in acts) == [
        ("anna", "accept", 200),
        ("anna", "decline", 409),
        ("bruno", "accept", 409),
    ]


def test_at_an_agents_own_endpoint_that_agent_answers(offered: OfferedDesk) -> None:
    own = {"notifier": "slack", "channel": ANNA, "language": "en"}
    keep_endpoints(offered.desk.table, "anna", {"chat": own})
    value = offered.value(endpoint="@anna/chat")
    before = offered.state
    told = offered.press("accept", BRUNO, value, pressed_in="D0G9QF9C6")
    assert told["text"] == "This offer is a colleague's."
    assert offered.state == before
    told = offered.press("accept", ANNA, value, pressed_in="D024BE7LH")
    assert (told["replace_original"], told["text"]) == (True, "You have this customer.")
    assert offered.owner == (OwnerKind.AGENT, "anna")


def test_at_an_agents_own_endpoint_a_refusal_takes_the_buttons_away(offered: OfferedDesk) -> None:
    own = {"notifier": "slack", "channel": "D024BE7LH", "language": "en"}
    keep_endpoints(offered.desk.table, "anna", {"chat": own})
    value = offered.value(endpoint="@anna/chat")
    told = offered.press("decline", ANNA, value, pressed_in="D024BE7LH")
    assert told["replace_original"] is True
    assert told["text"].startswith("You have declined.")
    assert offered.owner[0] is OwnerKind.QUEUE


# What is not Slack's, or not for us


def refused(offered: OfferedDesk, request: WebhookRequest) -> bool:
    before, told = offered.state, list(offered.told)
    status = offered.take(request)
    return status is HTTPStatus.FORBIDDEN and offered.state == before and offered.told == told


def form(offered: OfferedDesk) -> dict[str, str]:
    return {"payload": json.dumps(payload(offered.value()))}


def test_a_forged_call_is_refused_and_counted(
    offered: OfferedDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(offered, called(form(offered), key=OTHER))
    assert refused(offered, called(form(offered), headers={"x-slack-signature": "v0=00"}))
    assert refused(offered, called(form(offered), headers={"x-slack-signature": ""}))
    assert capsys.readouterr().out.count('"Rejected":[1.0]') == 3


def test_a_call_that_was_tampered_with_is_refused(offered: OfferedDesk) -> None:
    request = called(form(offered))
    other = request.body.replace(ANNA.encode(), BRUNO.encode())
    assert other != request.body
    assert refused(offered, request.model_copy(update={"body": other}))


def test_an_old_call_is_refused(offered: OfferedDesk) -> None:
    assert refused(offered, called(form(offered), ago=301))
    assert not refused(offered, called(form(offered), ago=299))


def test_a_call_that_comes_again_is_refused(offered: OfferedDesk) -> None:
    request = called({"payload": json.dumps(payload(offered.value(), "decline"))})
    assert offered.take(request) is HTTPStatus.OK
    assert refused(offered, request)


def test_while_the_secret_changes_calls_and_buttons_of_before_are_good(
    offered: OfferedDesk,
) -> None:
    offered.secrets = SigningSecrets.model_validate(
        {"signing_secret": OTHER.decode(), "previous_signing_secret": KEY.decode()}
    )
    offered.press("accept", ANNA)
    assert offered.owner == (OwnerKind.AGENT, "anna")


@pytest.mark.parametrize(("signed_with", "sealed_with"), [(OTHER, KEY), (KEY, OTHER)])
def test_a_secret_that_was_changed_a_moment_ago_is_good_at_once(
    offered: OfferedDesk, signed_with: bytes, sealed_with: bytes
) -> None:
    offered.changed = SigningSecrets.model_validate(
        {"signing_secret": OTHER.decode(), "previous_signing_secret": KEY.decode()}
    )
    press = payload(offered.value(key=sealed_with), user=BRUNO)
    assert offered.take(called({"payload": json.dumps(press)}, signed_with)) is HTTPStatus.OK
    assert offered.owner == (OwnerKind.AGENT, "bruno")


def test_a_button_that_is_not_ours_answers_nothing(offered: OfferedDesk) -> None:
    before = offered.state
    told = offered.press("accept", value=offered.value(key=OTHER))
    assert "not good any more" in told["text"] or "non è più valido" in told["text"]
    assert offered.state == before


@pytest.mark.parametrize(
    "endpoints",
    [
        {},
        {"desk": {"notifier": "webhook", "url": "https://desk.example/ring"}},
        {"desk": {"notifier": "slack", "channel": "#general"}},
    ],
)
def test_a_button_of_an_endpoint_that_is_no_more_answers_nothing(
    offered: OfferedDesk, endpoints: dict[str, Any]
) -> None:
    offered.configure(endpoints)
    before = offered.state
    offered.press("accept")
    assert offered.state == before


@pytest.mark.parametrize(
    "body",
    [
        {"payload": json.dumps({"type": "view_submission"})},
        {"payload": json.dumps({"type": "block_actions", "actions": [{"action_id": "x"}]})},
        {"payload": "no json"},
        {"other": "field"},
        {},
    ],
)
def test_a_genuine_call_of_another_kind_is_taken_and_ignored(
    offered: OfferedDesk, body: dict[str, str]
) -> None:
    before = offered.state
    assert offered.take(called(body)) is HTTPStatus.OK
    assert offered.told == []
    assert offered.state == before


def test_slacks_look_at_the_certificate_is_answered_and_does_nothing(offered: OfferedDesk) -> None:
    before = offered.state
    look = called({"ssl_check": "1", **form(offered)}, key=OTHER)
    assert offered.take(look) is HTTPStatus.OK
    assert offered.state == before


# What fails with us


def test_without_its_secret_it_asks_to_come_again(offered: OfferedDesk) -> None:
    def nothing(_age: float) -> SigningSecrets:
        raise NotConfigured("secret slack: check the fields signing_secret")

    buttons = PressedButtons(offered.desk, offered.settings, nothing, lambda *_: None)
    assert buttons.take(called(form(offered))) is HTTPStatus.SERVICE_UNAVAILABLE


def test_a_press_that_failed_may_be_made_again(
    offered: OfferedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise StorageBusy("too many writers")

    with monkeypatch.context() as patched:
        patched.setattr(Desk, "act", busy)
        assert offered.take(called(form(offered), ago=1)) is HTTPStatus.SERVICE_UNAVAILABLE
    offered.press("accept", ANNA)
    assert offered.owner == (OwnerKind.AGENT, "anna")


# As it is deployed


@pytest.fixture
def deployed(offered: OfferedDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    monkeypatch.setattr(runtime, "desk", lambda: offered.desk)
    monkeypatch.setattr(runtime, "settings", lambda: offered.settings)
    monkeypatch.setattr(runtime, "utc_now", lambda: NOW)
    secret = json.dumps({"bot_token": "xoxb-made-up", "signing_secret": KEY.decode()})
    boto3.client("secretsmanager").create_secret(Name="slack", SecretString=secret)
    with Providers() as running:
        monkeypatch.setenv("SLACK_SECRET", "slack")
        monkeypatch.setenv("SLACK_API_URL", f"{running.url}/slack/api")
        yield running


def gateway_event(request: WebhookRequest) -> dict[str, Any]:
    return {
        "httpMethod": request.method,
        "headers": {name.title(): value for name, value in request.headers.items()},
        "queryStringParameters": None,
        "body": request.body.decode(),
        "isBase64Encoded": False,
    }


def test_the_deployed_function_answers_and_tells(offered: OfferedDesk, deployed: Providers) -> None:
    press = payload(offered.value())
    press["response_url"] = f"{deployed.url}/agents/hook"
    request = called({"payload": json.dumps(press)})
    answered = answer.handler(gateway_event(request), LambdaContext())
    assert (answered["statusCode"], answered["body"]) == (200, "")
    assert offered.owner == (OwnerKind.AGENT, "anna")
    [call] = deployed.log.calls()
    assert json.loads(call.body)["text"] == f"<@{ANNA}> has this customer."
    again = answer.handler(gateway_event(request), LambdaContext())
    assert again["statusCode"] == 403


def test_nothing_personal_is_logged(
    offered: OfferedDesk, deployed: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    for user in (ANNA, CARLA):
        press = payload(offered.value(), user=user)
        answer.handler(gateway_event(called({"payload": json.dumps(press)})), LambdaContext())
    written = str([vars(record) for record in caplog.records])
    assert "response URL is not Slack's" in written
    for personal in (ANNA, CARLA, "anna", "hooks.slack.com", deployed.url, offered.value()):
        assert personal not in written
