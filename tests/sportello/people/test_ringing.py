"""An agents' endpoint is rung once for each notice, and again only while it did not take it."""

from collections.abc import Iterator

import pytest

from sportello.conversation.commands import Command
from sportello.conversation.decision import Decision
from sportello.errors import NotConfigured, ProviderUnavailable
from sportello.people.ringing import Ringing
from sportello.people.settings import AgentEndpointSettings
from sportello.table.desk import Desk, Step
from sportello.table.settings_store import SettingsStore
from support.builders import CONVERSATION, NOW, TERMS, an_address, offer, receive, request_human
from support.clouds.table import configure, desk
from support.fakes import RecordingNotifier

ENDPOINT = {"notifier": "recording", "topic": "desk"}


def commit(empty: Desk, command: Command) -> Decision:
    step = Step(command=command, terms=TERMS, address=an_address())
    return empty.act(CONVERSATION, lambda _: step, NOW).decision


class DecidedNotice:
    """A notice `key` to the endpoint `desk`, decided and not yet rung."""

    def __init__(self, empty: Desk) -> None:
        self.table = empty.table
        self.notifier = RecordingNotifier()
        self.settings = SettingsStore(empty.table, max_age_seconds=0)
        self._ringing = Ringing(self.notifier, empty.table, self.settings)
        self.configure({"desk": ENDPOINT})
        for command in (receive(), request_human(), offer(endpoints=("desk",))):
            self.key = commit(empty, command).effects[0].key

    def configure(self, endpoints: dict[str, dict[str, str]]) -> None:
        document = AgentEndpointSettings.model_validate({"endpoints": endpoints})
        configure(self.table, document)

    def ring(self, key: str = "") -> None:
        self._ringing.notify(CONVERSATION, key or self.key)


@pytest.fixture
def ringing() -> Iterator[DecidedNotice]:
    with desk() as empty:
        yield DecidedNotice(empty)


def test_an_endpoint_is_told_what_and_about_whom(ringing: DecidedNotice) -> None:
    ringing.ring()
    (told,) = ringing.notifier.notified
    assert told.id == f"{CONVERSATION}/{ringing.key}"
    assert (told.notice, told.channel, told.endpoint) == ("conversation.offered", "fake", "desk")
    assert told.address == {"topic": "desk"}
    assert told.data["customer"] == {"display_name": "Anna"}


def test_a_repeat_after_success_rings_nobody(ringing: DecidedNotice) -> None:
    ringing.ring()
    ringing.ring()
    assert len(ringing.notifier.notified) == 1


def test_a_failed_attempt_is_made_again_under_the_same_id(ringing: DecidedNotice) -> None:
    ringing.notifier.failures.append(ProviderUnavailable("the endpoint answered 500"))
    with pytest.raises(ProviderUnavailable):
        ringing.ring()
    ringing.ring()
    assert [told.id for told in ringing.notifier.notified] == [f"{CONVERSATION}/{ringing.key}"]


def test_an_endpoint_removed_meanwhile_is_a_fault_of_configuration(ringing: DecidedNotice) -> None:
    ringing.configure({})
    with pytest.raises(NotConfigured, match="desk"):
        ringing.ring()


def test_an_endpoint_that_has_another_notifier_by_now_is_not_rung_by_the_old_one(
    ringing: DecidedNotice,
) -> None:
    ringing.configure({"desk": {"notifier": "webhook", "url": "https://desk.example/hook"}})
    with pytest.raises(NotConfigured, match="another notifier"):
        ringing.ring()
    assert ringing.notifier.notified == []


def test_a_notice_that_is_gone_and_an_effect_that_is_no_notice_ring_nobody(
    ringing: DecidedNotice,
) -> None:
    ringing.ring("offer:no-such-key")
    ringing.ring("publish:0")
    assert ringing.notifier.notified == []
