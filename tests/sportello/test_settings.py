"""The documents a business edits: what they refuse, and how they are kept and read."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from sportello.customer_texts import customer_text
from sportello.desk_table import DeskTable
from sportello.errors import NotConfigured
from sportello.settings import (
    KINDS,
    AgentEndpointSettings,
    BotSettings,
    OpeningHoursSettings,
    QueueSettings,
    SettingsDocument,
    SlaSettings,
    TextSettings,
)
from sportello.settings_store import SettingsStore
from sportello.table_items import StoredSettings
from support.builders import NOW
from support.table import configure, table

every_kind = pytest.mark.parametrize("shape", KINDS.values(), ids=list(KINDS))


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        yield empty


# --- the documents ----------------------------------------------------------------------------


@every_kind
def test_defaults_survive_being_written_and_read(shape: type[SettingsDocument]) -> None:
    assert shape.model_validate(shape().model_dump(mode="json")) == shape()


@every_kind
def test_a_document_refuses_what_it_does_not_know(shape: type[SettingsDocument]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate({"surprise": 1})


@every_kind
def test_every_kind_describes_itself_as_a_schema(shape: type[SettingsDocument]) -> None:
    assert shape.model_json_schema()["type"] == "object"


@pytest.mark.parametrize(
    ("shape", "document"),
    [
        (QueueSettings, {"handoff_queue": "nowhere"}),
        (QueueSettings, {"queues": {}}),
        (QueueSettings, {"queues": {"Not A Name": {}}}),
        (QueueSettings, {"queues": {"default": {"tiers": [{"name": "a", "ring_seconds": 0}]}}}),
        (SlaSettings, {"policies": []}),
        (
            SlaSettings,
            {"policies": [{"name": "a", "channels": ["x"], "first_response_seconds": 9}]},
        ),
        (SlaSettings, {"policies": [{"name": "a", "first_response_seconds": 0}]}),
        (
            SlaSettings,
            {"policies": [{"name": "a", "first_response_seconds": 9, "warn_after_fraction": 1.1}]},
        ),
        (BotSettings, {"lease_seconds": 5}),
        (BotSettings, {"collect_seconds": 31}),
        (AgentEndpointSettings, {"endpoints": {"desk": {"notifier": "webhook", "url": "desk"}}}),
        (TextSettings, {"texts": {"it": {"handoff": "Ciao {name}"}}}),
        (TextSettings, {"texts": {"it": {"no_such_text": "Ciao"}}}),
        (OpeningHoursSettings, {"calendars": {"default": {"time_zone": "Rome"}}}),
    ],
)
def test_a_document_that_could_not_work_is_refused(
    shape: type[SettingsDocument], document: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(document)


@pytest.mark.parametrize(("channel", "seconds"), [("webchat", 20), ("whatsapp", 300), ("", 300)])
def test_the_first_policy_that_fits_a_channel_holds(channel: str, seconds: int) -> None:
    assert SlaSettings().policy_for(channel).first_response_seconds == seconds


def test_every_endpoint_of_the_tiers_is_named_once() -> None:
    tiers = [{"name": "a", "endpoints": ["x", "y"]}, {"name": "b", "endpoints": ["y"]}]
    settings = QueueSettings.model_validate({"queues": {"default": {"tiers": tiers}}})
    assert settings.all_endpoints() == ("x", "y")


# --- the store --------------------------------------------------------------------------------


@every_kind
def test_before_anybody_wrote_one_the_packaged_document_holds(
    desk_table: DeskTable, shape: type[SettingsDocument]
) -> None:
    assert SettingsStore(desk_table, 60).get(shape) == shape()


def test_a_document_is_kept_for_its_age_and_then_read_again(desk_table: DeskTable) -> None:
    now = 1_000.0
    store = SettingsStore(desk_table, 30, monotonic=lambda: now)
    assert store.get(BotSettings).enabled
    configure(desk_table, BotSettings(enabled=False))
    now += 29
    assert store.get(BotSettings).enabled
    now += 1
    assert not store.get(BotSettings).enabled


def test_a_stored_document_that_no_longer_fits_says_which_and_not_what(
    desk_table: DeskTable,
) -> None:
    stored = StoredSettings(version=1, document={"enabled": "393331234567"})
    desk_table.put_settings("bot", stored, "anna", NOW)
    with pytest.raises(NotConfigured) as raised:
        SettingsStore(desk_table, 60).get(BotSettings)
    assert "settings bot version 1" in str(raised.value)
    assert "393331234567" not in str(raised.value)


def test_customers_hear_the_business_where_it_has_words_of_its_own(
    desk_table: DeskTable,
) -> None:
    settings = SettingsStore(desk_table, 0)
    packaged = customer_text(settings, "handoff", "it")
    configure(desk_table, TextSettings(texts={"it": {"handoff": "Un attimo."}}))
    assert customer_text(settings, "handoff", "it") == "Un attimo." != packaged
    assert customer_text(settings, "handoff", "en")
