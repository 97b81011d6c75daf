"""What holds for every notifier there is, whatever it rings."""

import importlib
import json
import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent_api.settings.endpoint_addresses import notifier_names
from sportello.entrypoints import runtime
from sportello.language.languages import REQUIRED_PARTS
from sportello.messaging import public_urls
from sportello.messaging.items import DeliveryStatus
from sportello.people.notifying.notice_texts import notice_languages, notice_texts
from sportello.people.notifying.notifier import (
    NEEDING_SOMEBODY,
    AddressFault,
    AgentNotifier,
    Notification,
)
from sportello.people.notifying.ringing import Ringing
from sportello.routing.endpoints import OFFERED, AgentEndpoint, takes_back
from sportello.table.desk import Desk
from sportello.table.settings.settings_store import SettingsStore
from support.agent_calls import Answer, call
from support.builders import CONVERSATION, accept
from support.clouds.decided_notice import DecidedNotice
from support.clouds.table import desk
from support.german import german_in
from support.template import ROOT

ADDRESSES: dict[str, dict[str, Any]] = {
    "email": {"to": "on-call@desk.example"},
    "push": {
        "endpoint": "https://push.desk.example/send/1",
        "keys": {
            # The receiver of RFC 8291, appendix A.
            "p256dh": (
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
            ),
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    },
    "slack": {"channel": "C0123456789"},
    "sms": {"to": "+390612345678"},
    "teams": {"url": "https://flows.desk.example/workflows/1"},
    "webhook": {"url": "https://desk.example/ring"},
    "websocket": {"agents": ["anna"]},
}
"""An address that each would take."""

DEPLOYED = {"PUSH_SECRET": "push"}
"""What a notifier looks at that is deployed on demand: here all are."""

NAMES = notifier_names()
every_language = pytest.mark.parametrize("language", notice_languages())
every_notifier = pytest.mark.parametrize("name", NAMES)
COMMON = set(AgentEndpoint.model_fields)


def the_notifier(name: str) -> AgentNotifier[Any]:
    notifier: AgentNotifier[Any] = importlib.import_module(f"notifiers.{name}").notifier
    return notifier


@every_notifier
def test_whoever_is_asked_for_advice_hears_of_it_wherever_more_than_urgent_things_ring(
    name: str,
) -> None:
    notices = the_notifier(name).notices
    assert name == "sms" or notices is None or "conversation.consulted" in notices


@every_language
def test_what_rings_by_itself_has_a_heading_of_its_own(language: str) -> None:
    rung = [notice for name in NAMES for notice in the_notifier(name).notices or ()]
    ringing = {notice for notice in rung if not takes_back(notice)}
    assert ringing <= notice_texts(language).headings.keys()


class Watched:
    """A notifier whose rings are heard here instead of outside."""

    def __init__(self, notifier: AgentNotifier[Any]) -> None:
        self.name, self.address, self.notices = notifier.name, notifier.address, notifier.notices
        self.rung: list[Notification] = []

    def faults(self, address: Any) -> Sequence[AddressFault]:  # noqa: ARG002 -- the port has it
        return []

    def notify(self, notification: Notification) -> str:
        self.rung.append(notification)
        return f"receipt-{len(self.rung)}"


class Bell(DecidedNotice):
    """A decided offer whose endpoint is of a real notifier's kind."""

    def __init__(self, empty: Desk, name: str) -> None:
        super().__init__(empty)
        self.watched = Watched(the_notifier(name))
        settings = SettingsStore(empty.table, max_age_seconds=0)
        self._real = Ringing(self.watched, empty.table, settings, lambda: self.now)
        self._document = {"notifier": name, **ADDRESSES[name]}
        self.choose()

    def choose(self, **filters: Any) -> None:
        self.configure({"desk": {**self._document, **filters}})

    def ring_it(self, key: str = "") -> None:
        self._real.notify(CONVERSATION, key or self.key)


@pytest.fixture
def empty() -> Iterator[Desk]:
    with desk() as ours:
        yield ours


@pytest.fixture
def quiet_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is called, and no name is looked up but as if it had no address just now."""

    def refuse(*_arguments: object) -> None:
        raise AssertionError("somebody was called")

    def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such host")

    for name, value in DEPLOYED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(public_urls, "resolve_host", resolve)


@pytest.fixture
def counter(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings = SettingsStore(empty.table, 0)
    monkeypatch.setattr(runtime, "desk", lambda: empty)
    monkeypatch.setattr(runtime, "table", lambda: empty.table)
    monkeypatch.setattr(runtime, "settings", lambda: settings)
    return empty


def put(name: str, **fields: Any) -> Answer:
    document = {"endpoints": {"desk": {"notifier": name, **ADDRESSES[name], **fields}}}
    return call("PUT", "/settings/agent_endpoints", document, groups="supervisor")


def test_every_notifier_is_held_to_it() -> None:
    assert set(NAMES) <= set(ADDRESSES)


# --- its settings -------------------------------------------------------------------------------


@every_notifier
def test_it_is_named_as_its_module_and_has_a_handler(name: str) -> None:
    assert the_notifier(name).name == name
    assert callable(importlib.import_module(f"notifiers.{name}").notify)


@every_notifier
def test_its_address_uses_no_word_that_every_endpoint_has(name: str) -> None:
    fields = the_notifier(name).address.model_fields
    words = {field.alias or own for own, field in fields.items()} | set(fields)
    assert not words & COMMON


@every_notifier
def test_it_chooses_among_notices_that_there_are(name: str) -> None:
    page = (ROOT / "docs" / "agent-api.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| `(\w+\.\w+)` \|", page, re.MULTILINE))
    assert OFFERED in known
    assert (the_notifier(name).notices or set()) <= known


def named_after(words: str) -> list[frozenset[str]]:
    """Return the notices that lines of the page on ringing name; `.b` is of the kind before it."""
    page = (ROOT / "docs" / "ringing.md").read_text(encoding="utf-8")
    return [frozenset(_notices(line)) for line in page.splitlines() if words in line]


def _notices(line: str) -> Iterator[str]:
    kind = ""
    for before, name in re.findall(r"`(\w*)\.(\w+)`", line):
        kind = before or kind
        yield f"{kind}.{name}"


def test_the_page_names_what_rings_by_itself() -> None:
    assert named_after("*What needs somebody*") == [NEEDING_SOMEBODY]
    by_themselves = [the_notifier(name).notices for name in ("email", "sms")]
    assert named_after("By itself it tells of") == by_themselves


@every_notifier
@pytest.mark.usefixtures("quiet_wire", "counter")
def test_its_address_is_kept_without_calling_anybody(name: str) -> None:
    assert put(name).status == 200
    kept = call("GET", "/settings/agent_endpoints", groups="supervisor").document["document"]
    assert kept == {"endpoints": {"desk": {"notifier": name, **ADDRESSES[name]}}}


@every_notifier
@pytest.mark.usefixtures("quiet_wire", "counter")
def test_a_field_that_it_does_not_know_is_refused_where_it_stands(name: str) -> None:
    answer = put(name, carrier_pigeon="3")
    assert answer.status == 422
    [fault] = answer.document["errors"]
    assert fault["pointer"] == "/endpoints/desk/carrier_pigeon"


@every_notifier
@pytest.mark.parametrize("value", [None, "", 7, [], {}, "x" * 10_000, "a\r\nb: c", "\x00"])
def test_what_cannot_be_an_address_never_crashes_it(name: str, value: object) -> None:
    shape = the_notifier(name).address
    for field in ADDRESSES[name]:
        with pytest.raises(ValidationError) as refused:
            shape.model_validate({**ADDRESSES[name], field: value})
        assert "x" * 1_000 not in str(refused.value)


def reads_a_language(name: str) -> bool:
    return "language" in the_notifier(name).address.model_fields


every_reader = pytest.mark.parametrize("name", [*filter(reads_a_language, NAMES)])


@every_reader
@pytest.mark.usefixtures("quiet_wire", "counter")
def test_a_language_without_texts_is_refused_where_somebody_writes_it(
    name: str, tmp_path: Path
) -> None:
    with german_in(tmp_path, REQUIRED_PARTS):
        answer = put(name, language="de")
    assert answer.status == 422
    [fault] = answer.document["errors"]
    assert fault == {"pointer": "/endpoints/desk/language", "detail": "There are: en, it."}
    assert put(name, language="en").status == 200


@every_reader
def test_a_language_that_a_later_version_has_kept_rings_all_the_same(name: str) -> None:
    address = the_notifier(name).address.model_validate({**ADDRESSES[name], "language": "xx"})
    assert notice_texts(address.language) == notice_texts(None)


# --- its rings ----------------------------------------------------------------------------------


def rings_offers(name: str) -> bool:
    notices = the_notifier(name).notices
    return notices is None or OFFERED in notices


def takes_rings_back(name: str) -> bool:
    notices = the_notifier(name).notices
    return notices is None or any(map(takes_back, notices))


@every_notifier
def test_whoever_is_rung_for_an_offer_is_handed_its_id_and_address_alone(
    empty: Desk, name: str
) -> None:
    bell = Bell(empty, name)
    bell.choose(notices=[OFFERED], at_least="normal")
    bell.ring_it()
    [told] = bell.watched.rung
    assert told.id == f"{CONVERSATION}/{bell.key}"
    assert json.loads(json.dumps(told.address)) == ADDRESSES[name]
    the_notifier(name).address.model_validate(told.address)


@every_notifier
def test_an_offer_that_was_withdrawn_rings_nobody(empty: Desk, name: str) -> None:
    bell = Bell(empty, name)
    bell.choose(notices=[OFFERED])
    bell.end_offer(accept())
    bell.ring_it()
    assert bell.watched.rung == []
    assert bell.outcome() == (DeliveryStatus.REFUSED, "withdrawn")


@every_notifier
def test_a_filter_silences_it(empty: Desk, name: str) -> None:
    bell = Bell(empty, name)
    bell.choose(notices=[OFFERED], queues=["returns"])
    bell.ring_it()
    assert bell.watched.rung == []
    assert bell.outcome() == (DeliveryStatus.REFUSED, "filtered")


@every_notifier
def test_what_it_returned_comes_back_with_the_end_of_the_offer_if_it_takes_rings_back(
    empty: Desk, name: str
) -> None:
    bell = Bell(empty, name)
    bell.choose(notices=[OFFERED, "offer.accepted"])
    bell.ring_it()
    end = bell.end_offer(accept())
    bell.ring_it(end)
    ends = [told.receipt for told in bell.watched.rung[1:]]
    assert ends == (["receipt-1"] if takes_rings_back(name) else [])
    assert bell.outcome(end)[1] == ("" if ends else "filtered")


@every_notifier
def test_it_rings_offers_unless_it_says_otherwise(empty: Desk, name: str) -> None:
    bell = Bell(empty, name)
    bell.ring_it()
    assert len(bell.watched.rung) == rings_offers(name)


@every_notifier
@pytest.mark.parametrize("what", ["offered", "assigned", "consulted"])
def test_an_agent_hears_by_it_of_what_is_put_before_them(name: str, what: str) -> None:
    notices = the_notifier(name).notices
    assert notices is None or f"conversation.{what}" in notices
