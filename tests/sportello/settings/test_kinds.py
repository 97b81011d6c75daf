"""The documents a business edits: what they refuse, and how they are kept and read."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from pydantic import ValidationError

from sportello.bot.settings import BotSettings, FaqSettings
from sportello.channel_kinds import ChannelKind
from sportello.errors import NotConfigured
from sportello.hours.settings import OpeningHoursSettings
from sportello.language.settings import TextSettings
from sportello.people.settings import AgentEndpointSettings
from sportello.priorities import Priority
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import RoutingSettings
from sportello.settings.kinds import KINDS
from sportello.settings_document import SettingsDocument
from sportello.sla.clocks import ClockKind
from sportello.sla.policies import Circumstances
from sportello.sla.settings import SlaSettings
from sportello.table.desk_table import DeskTable
from sportello.table.items import StoredSettings
from sportello.table.settings.settings_store import SettingsStore
from support.builders import NOW, an_address
from support.clouds.table import configure, table

every_kind = pytest.mark.parametrize("shape", KINDS.values(), ids=list(KINDS))


FOUR_TIERS_OF_TEN = [
    {"name": f"tier-{tier}", "endpoints": [f"desk-{tier}-{number}" for number in range(10)]}
    for tier in range(4)
]
"""More than one transaction can ring."""


def a_policy(**fields: Any) -> dict[str, Any]:
    """A policy; what is no field of one is a target."""
    own: dict[str, Any] = {
        name: fields.pop(name) for name in ("channels", "segments") if name in fields
    }
    return {"name": "a", "targets": {"next_response": {"seconds": 60}} | fields, **own}


def a_rule(**conditions: Any) -> dict[str, Any]:
    return {"name": "rule", "queue": "default", **conditions}


@pytest.fixture
def desk_table() -> Iterator[DeskTable]:
    with table() as empty:
        yield empty


@pytest.mark.parametrize(
    "document",
    [
        {"courtesy_reopens": True, "thanks_reopen": False},
        {"thanks_reopen": False, "courtesy_reopens": True},
    ],
)
def test_a_field_under_both_its_names_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="courtesy_reopens"):
        BotSettings.model_validate(document)


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
        (QueueSettings, {"queues": {"default": {"tiers": FOUR_TIERS_OF_TEN}}}),
        (SlaSettings, {"policies": []}),
        (SlaSettings, {"policies": [a_policy(channels=["x"])]}),
        (SlaSettings, {"policies": [a_policy(segments=["vip"])]}),
        (SlaSettings, {"policies": [a_policy(), a_policy()]}),
        (SlaSettings, {"policies": [a_policy(first_response={"seconds": 0})]}),
        (SlaSettings, {"policies": [a_policy(first_response={"seconds": 9, "restarts": "twice"})]}),
        (
            SlaSettings,
            {"policies": [a_policy(first_response={"seconds": 9, "warn_after_fraction": 1.1})]},
        ),
        (
            SlaSettings,
            {"policies": [a_policy(queue_wait={"seconds": 9, "at_breach": {"reassign": True}})]},
        ),
        (SlaSettings, {"policies": [a_policy(promise={"seconds": 9})]}),
        (OpeningHoursSettings, {"accounts": {"whatsapp:1": "nowhere"}}),
        (OpeningHoursSettings, {"accounts": {"no account": "default"}}),
        (BotSettings, {"lease_seconds": 5}),
        (BotSettings, {"collect_seconds": 31}),
        (AgentEndpointSettings, {"endpoints": {"desk": {"url": "https://desk.example"}}}),
        (AgentEndpointSettings, {"endpoints": {"desk": {"notifier": "../webhook"}}}),
        (AgentEndpointSettings, {"endpoints": {"desk": {"notifier": "a" * 23}}}),
        (TextSettings, {"texts": {"it": {"handoff": "Ciao {name}"}}}),
        (TextSettings, {"texts": {"it": {"no_such_text": "Ciao"}}}),
        (TextSettings, {"texts": {"xx": {"handoff": "Ciao"}}}),
        (TextSettings, {"default_language": "xx"}),
        (FaqSettings, {"entries": {"xx": []}}),
        (OpeningHoursSettings, {"calendars": {"default": {"time_zone": "Rome"}}}),
        (RoutingSettings, {"rules": [a_rule(), a_rule()]}),
        (RoutingSettings, {"rules": [a_rule(words=["?!"])]}),
        (RoutingSettings, {"rules": [a_rule(words=["a"])]}),
        (RoutingSettings, {"rules": [a_rule(times=[{"start": "9:00", "end": "18:00"}])]}),
        (RoutingSettings, {"rules": [a_rule(times=[{"start": "09:00", "end": "24:00"}])]}),
        (RoutingSettings, {"rules": [a_rule(languages=["Italian"])]}),
        (RoutingSettings, {"rules": [{"name": "nowhere"}]}),
        (RoutingSettings, {"weights": {"messaging": 0}}),
    ],
)
def test_a_document_that_could_not_work_is_refused(
    shape: type[SettingsDocument], document: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(document)


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        (ChannelKind.LIVE_CHAT, 20),
        (ChannelKind.EMAIL, 14_400),
        (ChannelKind.PUBLIC, 3_600),
        (ChannelKind.MESSAGING, 300),
    ],
)
def test_a_kind_of_channel_has_its_policy_from_the_first_day(
    kind: ChannelKind, seconds: int
) -> None:
    policy = SlaSettings().policy_for(Circumstances("any", kind, "default", Priority.NORMAL, ""))
    assert policy.targets[ClockKind.FIRST_RESPONSE].seconds == seconds


@pytest.mark.parametrize(
    ("queue", "priority", "segment", "policy"),
    [
        ("sales", Priority.URGENT, "vip", "urgent"),
        ("sales", Priority.NORMAL, "vip", "sales_to_vips"),
        ("sales", Priority.NORMAL, "", "all"),
        ("default", Priority.LOW, "vip", "all"),
    ],
)
def test_a_policy_fits_when_all_that_it_names_fits(
    queue: str, priority: Priority, segment: str, policy: str
) -> None:
    targets = {"first_response": {"seconds": 60}}
    settings = SlaSettings.model_validate(
        {
            "policies": [
                {"name": "urgent", "priorities": ["urgent"], "targets": targets},
                {
                    "name": "sales_to_vips",
                    "queues": ["sales"],
                    "segments": ["vip"],
                    "targets": targets,
                },
                {"name": "all", "targets": targets},
            ]
        }
    )
    circumstances = Circumstances("any", ChannelKind.MESSAGING, queue, priority, segment)
    assert settings.policy_for(circumstances).name == policy


def test_a_policy_may_name_a_channel_or_its_kind() -> None:
    targets = {"first_response": {"seconds": 60}}
    settings = SlaSettings.model_validate(
        {
            "policies": [
                {"name": "one_channel", "channels": ["reviews"], "targets": targets},
                {"name": "public", "channel_kinds": ["public"], "targets": targets},
                {"name": "all", "targets": targets},
            ]
        }
    )
    names = {
        (channel, kind): settings.policy_for(
            Circumstances(channel, kind, "default", Priority.NORMAL, "")
        ).name
        for channel in ("reviews", "comments")
        for kind in (ChannelKind.PUBLIC, ChannelKind.EMAIL)
    }
    assert names == {
        ("reviews", ChannelKind.PUBLIC): "one_channel",
        ("reviews", ChannelKind.EMAIL): "one_channel",
        ("comments", ChannelKind.PUBLIC): "public",
        ("comments", ChannelKind.EMAIL): "all",
    }


def test_every_endpoint_of_the_tiers_is_named_once() -> None:
    tiers = [{"name": "a", "endpoints": ["x", "y"]}, {"name": "b", "endpoints": ["y"]}]
    others = {"sales": {"tiers": [{"name": "shop", "endpoints": ["z"]}]}, "silent": {}}
    settings = QueueSettings.model_validate({"queues": {"default": {"tiers": tiers}, **others}})
    assert settings.all_endpoints() == ("x", "y")
    assert settings.all_endpoints("sales") == ("z",)
    assert settings.all_endpoints("silent") == settings.all_endpoints("gone") == ("x", "y")


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
    packaged = settings.text("handoff", an_address())
    configure(desk_table, TextSettings(texts={"it": {"handoff": "Un attimo."}}))
    assert settings.text("handoff", an_address()) == "Un attimo." != packaged
    assert settings.text("handoff", an_address(language="en"))


def test_a_customer_is_spoken_to_in_the_tone_of_the_channel(desk_table: DeskTable) -> None:
    settings = SettingsStore(desk_table, 0)
    assert settings.text("handoff", an_address(tone="informal")).startswith("Ti metto")
    assert settings.text("handoff", an_address(tone="formal")).startswith("La metto")
    assert settings.text("handoff", an_address()).startswith("La metto")


def test_whoever_s_language_nobody_knows_is_written_to_in_the_default_of_now(
    desk_table: DeskTable,
) -> None:
    settings = SettingsStore(desk_table, 0)
    unknown, gone = an_address(language=""), an_address(language="xx")
    assert [settings.language_of(who) for who in (unknown, gone, None)] == ["it"] * 3
    configure(desk_table, TextSettings(default_language="en"))
    assert [settings.language_of(who) for who in (unknown, gone, None)] == ["en"] * 3


def test_for_a_customer_whose_language_is_known_no_settings_are_read(
    desk_table: DeskTable,
) -> None:
    with patch.object(desk_table, "settings") as read:
        assert SettingsStore(desk_table, 0).language_of(an_address(language="en")) == "en"
    read.assert_not_called()


def test_texts_written_before_there_was_a_default_language_keep_the_packaged_one(
    desk_table: DeskTable,
) -> None:
    stored = StoredSettings(version=1, document={"texts": {"it": {"handoff": "Un attimo."}}})
    desk_table.put_settings("texts", stored, "anna", NOW)
    assert SettingsStore(desk_table, 0).get(TextSettings) == TextSettings(
        default_language="it", texts={"it": {"handoff": "Un attimo."}}
    )
