"""An endpoint is judged by its notifier while it is written, and judged again at each ring."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from agent_api.settings import endpoint_addresses
from agent_api.settings.endpoint_addresses import notifier_names
from sportello.aws import environment
from sportello.messaging import public_urls
from sportello.people.settings import AgentEndpointSettings
from sportello.table.desk import Desk
from sportello.table.items import StoredSettings
from support.agent_calls import Answer, call
from support.builders import NOW
from support.template import ROOT

PUBLIC, PRIVATE = "93.184.215.14", "10.0.0.1"
URL = "https://desk.example/ring"

pytestmark = pytest.mark.usefixtures("counter")

type Endpoints = Mapping[str, Mapping[str, Any]]
type Names = dict[str, Sequence[str] | Callable[[], Sequence[str]]]

look_up = public_urls.resolve_host


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """What the names of hosts lead to; only literal addresses are left to the system."""
    known: Names = {"desk.example": [PUBLIC], "inside.example": [PUBLIC, PRIVATE]}

    def resolve(host: str, port: int) -> Sequence[str]:
        found = known.get(host)
        if callable(found):
            return found()
        if found is None and host.endswith(".example"):
            raise OSError("no such host")
        return look_up(host, port) if found is None else found

    monkeypatch.setattr(public_urls, "resolve_host", resolve)
    return known


def a_webhook(url: str = URL, **others: Any) -> dict[str, Any]:
    return {"notifier": "webhook", "url": url, **others}


def put(**endpoints: Any) -> Answer:
    return call("PUT", "/settings/agent_endpoints", {"endpoints": endpoints}, groups="supervisor")


def in_force() -> Any:
    answer = call("GET", "/settings/agent_endpoints", groups="supervisor")
    return answer.document["document"]["endpoints"]


def pointers(answer: Answer) -> list[str]:
    assert (answer.status, answer.problem) == (422, "validation")
    return [fault["pointer"] for fault in answer.document["errors"]]


def test_a_public_https_address_is_kept_as_it_was_given() -> None:
    assert put(desk=a_webhook("https://desk.example")).status == 200
    assert in_force() == {"desk": {"notifier": "webhook", "url": "https://desk.example"}}


@pytest.mark.parametrize(
    ("endpoint", "place"),
    [
        ({"url": URL}, "notifier"),
        ({"notifier": "pager", "url": URL}, "notifier"),
        ({"notifier": "../webhook", "url": URL}, "notifier"),
        ({"notifier": "webhook"}, "url"),
        (a_webhook("desk"), "url"),
        (a_webhook(topic="ring"), "topic"),
    ],
)
def test_what_the_notifier_does_not_know_is_refused_where_it_stands(
    endpoint: dict[str, Any], place: str
) -> None:
    assert pointers(put(desk=endpoint)) == [f"/endpoints/desk/{place}"]
    assert in_force() == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example/ring",
        "ftp://desk.example/ring",
        "https://anna@desk.example/",
        "https://anna:secret@desk.example/",
        "https://",
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
        "https://0177.0.0.1/", "https://0/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.0.1/", "https://[fd00::1]/",
        "https://169.254.169.254/latest/meta-data/", "https://[fe80::1]/",
        "https://240.0.0.1/", "https://224.0.0.1/", "https://192.0.2.1/",
        "https://inside.example/ring",
    ],
)  # fmt: skip
def test_an_address_that_may_never_be_rung_is_refused(url: str) -> None:
    answer = put(desk=a_webhook(url), other=a_webhook())
    assert pointers(answer) == ["/endpoints/desk/url"]
    assert "secret" not in answer.body
    assert in_force() == {}


QUIET: dict[str, Any] = {
    "time_zone": "Europe/Rome",
    "windows": [{"start": "22:00", "end": "07:00"}],
}


def test_what_an_endpoint_filters_is_kept_beside_its_address() -> None:
    filters: dict[str, Any] = {
        "notices": ["conversation.offered"],
        "queues": ["sales"],
        "channels": ["live"],
        "at_least": "high",
        "quiet_hours": {**QUIET, "except_at_least": "urgent"},
    }
    assert put(desk=a_webhook(**filters)).status == 200
    kept = in_force()["desk"]
    window = {"start": "22:00", "end": "07:00", "weekdays": []}
    quiet = {**QUIET, "windows": [window], "except_at_least": "urgent"}
    assert kept == a_webhook(**filters | {"quiet_hours": quiet})
    assert put(desk=kept).status == 200
    assert in_force() == {"desk": kept}


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        ({"at_least": "urgentt"}, "at_least"),
        ({"notices": ["Offers"]}, "notices/0"),
        ({"quiet_hours": {**QUIET, "except_at_least": "vip"}}, "quiet_hours/except_at_least"),
        ({"quiet_hours": {**QUIET, "except": "urgent"}}, "quiet_hours/except"),
        ({"quiet_hours": {**QUIET, "time_zone": "Rome"}}, "quiet_hours/time_zone"),
        (
            {"quiet_hours": {**QUIET, "windows": [{**QUIET["windows"][0], "weekdays": ["lun"]}]}},
            "quiet_hours/windows/0/weekdays",
        ),
        (
            {"quiet_hours": {**QUIET, "windows": [{**QUIET["windows"][0], "days": ["mon"]}]}},
            "quiet_hours/windows/0/days",
        ),
    ],
)
def test_a_filter_that_nobody_knows_is_refused_where_it_stands(
    filters: dict[str, Any], place: str
) -> None:
    assert pointers(put(desk=a_webhook(**filters))) == [f"/endpoints/desk/{place}"]
    assert in_force() == {}


def test_a_name_without_an_address_just_now_is_accepted() -> None:
    assert put(desk=a_webhook("https://tomorrow.example/ring")).status == 200


def test_on_the_laptop_everything_may_be_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_ENDPOINTS", "true")
    assert put(desk=a_webhook("http://127.0.0.1:8080/agents/desk")).status == 200
    assert pointers(put(desk=a_webhook("desk"))) == ["/endpoints/desk/url"]


# What was written before


def test_an_endpoint_in_force_is_judged_again_only_when_it_changes(
    counter: Desk, names: Names
) -> None:
    stored = {"endpoints": {"desk": a_webhook(URL), "old": a_webhook("https://inside.example/")}}
    AgentEndpointSettings.model_validate(stored)
    counter.table.put_settings(
        "agent_endpoints", StoredSettings(version=1, document=stored), "anna", NOW
    )
    names["desk.example"] = [PRIVATE]
    assert put(**stored["endpoints"], new=a_webhook("https://tomorrow.example/")).status == 200
    changed = put(**stored["endpoints"] | {"desk": a_webhook(f"{URL}/2")})
    assert pointers(changed) == ["/endpoints/desk/url"]


@pytest.mark.parametrize("document", [{"endpoints": ["of an older release"]}, ["desk"], None])
def test_a_document_that_fits_no_more_does_not_stop_its_own_repair(
    counter: Desk, document: Any
) -> None:
    outgrown = StoredSettings(version=1, document=document)
    counter.table.put_settings("agent_endpoints", outgrown, "anna", NOW)
    assert put(desk=a_webhook()).status == 200


# As many as there may be


@pytest.fixture
def silence(names: Names) -> Iterator[threading.Event]:
    """A name server for `silent.example` that answers nobody before the test is over."""
    over = threading.Event()

    def never() -> Sequence[str]:
        over.wait(30)
        return [PUBLIC]

    names["silent.example"] = never
    yield over
    over.set()


def test_two_hundred_names_are_looked_up_at_once(names: Names) -> None:
    together = threading.Barrier(200, timeout=30)

    def when_all_are_asked() -> Sequence[str]:
        together.wait()
        return [PRIVATE]

    names["many.example"] = when_all_are_asked
    answer = put(**{f"desk-{n}": a_webhook(f"https://many.example/{n}") for n in range(200)})
    assert len(pointers(answer)) == 20


@pytest.mark.usefixtures("silence")
def test_a_name_server_that_says_nothing_delays_nobody_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint_addresses, "PATIENCE_SECONDS", 0.2)
    many = {f"desk-{n}": a_webhook(f"https://silent.example/{n}") for n in range(199)}
    assert pointers(put(**many, last=a_webhook("https://127.1/"))) == ["/endpoints/last/url"]
    assert put(**many).status == 200


def test_what_is_not_deployed_cannot_be_named_and_what_is_there_already_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert put(phone={"notifier": "sms", "to": "+393330000101"}).status == 200
    monkeypatch.setenv("NOTIFIERS", "webhook  email ")
    environment._loaded.clear()
    phone = {"notifier": "sms", "to": "+393330000101"}
    assert put(phone=phone, mail={"notifier": "email", "to": "a@b.it"}).status == 200
    answer = put(phone=phone | {"to": "+393330000102"})
    assert pointers(answer) == ["/endpoints/phone/notifier"]
    assert answer.document["errors"][0]["detail"] == "There are: email, webhook."


def test_every_file_beside_the_port_is_a_notifier_of_that_name() -> None:
    folder = ROOT / "functions" / "notifiers"
    files = {path.name.removesuffix(".py") for path in folder.iterdir()}
    assert set(notifier_names()) == {name for name in files if not name.startswith("__")}
    for name in notifier_names():
        assert endpoint_addresses.notifier_of(name).name == name
