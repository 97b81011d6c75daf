from typing import Any

from sportello.hours.settings import OpeningHoursSettings
from sportello.people.settings import AgentEndpointSettings
from sportello.queues.settings import QueueSettings
from sportello.routing.settings import QueueRule, RoutingSettings
from sportello.settings.references import LinkedSettings, check_references


def linked(queue: dict[str, Any], *endpoints: str) -> LinkedSettings:
    return LinkedSettings(
        opening_hours=OpeningHoursSettings(),
        queues=QueueSettings.model_validate({"queues": {"default": queue}}),
        agent_endpoints=AgentEndpointSettings.model_validate(
            {
                "endpoints": {
                    name: {"notifier": "webhook", "url": "https://desk.example"}
                    for name in endpoints
                }
            }
        ),
    )


def test_the_packaged_defaults_lead_somewhere() -> None:
    defaults = LinkedSettings(
        opening_hours=OpeningHoursSettings(),
        queues=QueueSettings(),
        agent_endpoints=AgentEndpointSettings(),
    )
    assert check_references(defaults) == ()


def test_names_that_exist_lead_somewhere() -> None:
    queue = {"tiers": [{"name": "one", "endpoints": ["desk"]}], "alert_endpoints": ["boss"]}
    assert check_references(linked(queue, "desk", "boss")) == ()


def test_queues_that_rules_and_overflow_name_are_looked_for() -> None:
    overflow = [{"queue": "default"}, {"queue": "gone"}]
    routing = RoutingSettings(
        rules=(QueueRule(name="a", queue="default"), QueueRule(name="b", queue="vip"))
    )
    settings = linked({"routing": {"overflow": overflow}}).model_copy(update={"routing": routing})
    found = [
        (reference.of, "/".join(map(str, reference.path)), reference.kind, reference.name)
        for reference in check_references(settings)
    ]
    assert found == [
        ("queues", "queues/default/routing/overflow/1/queue", "queues", "gone"),
        ("routing", "rules/1/queue", "queues", "vip"),
    ]


def test_every_name_that_leads_nowhere_is_found_with_its_place() -> None:
    queue = {
        "calendar": "night",
        "tiers": [{"name": "one", "endpoints": ["desk"]}, {"name": "two", "endpoints": ["x", "y"]}],
        "alert_endpoints": ["desk", "boss"],
    }
    found = [
        ("/".join(map(str, reference.path)), reference.kind, reference.name)
        for reference in check_references(linked(queue, "desk", "x"))
    ]
    assert found == [
        ("queues/default/calendar", "opening_hours", "night"),
        ("queues/default/tiers/1/endpoints/1", "agent_endpoints", "y"),
        ("queues/default/alert_endpoints/1", "agent_endpoints", "boss"),
    ]
