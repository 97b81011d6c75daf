"""How often what goes wrong, and how it is counted."""

from collections import Counter

import pytest

from local.chaos.wire import provider_chances
from local.cloud.fault_proxy import THROTTLES, WireCounts, kind_of, rules, shares_of


@pytest.mark.parametrize("service", THROTTLES)
def test_each_service_meets_its_faults_at_the_rate_asked_for(service: str) -> None:
    # microburst asks the rules one after another, and the first that fires is applied.
    of_service = [rule for rule in rules(0.2) if rule["service"] == service]
    passed, met = 1.0, []
    for rule in of_service:
        met.append(passed * rule["probability"])
        passed *= 1 - rule["probability"]
    assert 1 - passed == pytest.approx(0.2)
    assert met == pytest.approx([0.2 * share.weight for share in shares_of(service)])


def test_the_shares_are_all_the_faults_there_are() -> None:
    assert sum(share.weight for share in shares_of("dynamodb")) == pytest.approx(1)


def test_no_faults_means_none() -> None:
    assert {rule["probability"] for rule in rules(0)} == {0}


@pytest.mark.parametrize("impossible", [-0.1, 1, 20])
def test_an_impossible_rate_is_refused(impossible: float) -> None:
    with pytest.raises(ValueError, match="fault rate"):
        rules(impossible)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("error:ProvisionedThroughputExceededException", "throttle"),
        ("error:InternalServerError", "internal error"),
        ("error:ServiceUnavailable", "unavailable"),
        ("latency:417ms", "latency"),
        ("timeout:3500ms", "timeout"),
        ("reset", "reset"),
        ("response:abort", "lost answer"),
    ],
)
def test_what_the_proxy_did_is_known_by_our_name(action: str, kind: str) -> None:
    assert kind_of(action) == kind


def test_what_passed_since_is_told_apart() -> None:
    before = WireCounts(10, {("sqs", "SendMessage", "reset"): 2})
    after = WireCounts(
        30,
        {
            ("sqs", "SendMessage", "reset"): 5,
            ("dynamodb", "PutItem", "latency:60ms"): 1,
            ("dynamodb", "PutItem", "latency:61ms"): 1,
        },
    )
    since = after.since(before)
    assert (since.requests, since.faulted) == (20, 5)
    assert since.by_kind() == {"reset": 3, "latency": 2}
    assert since.by_service() == {"sqs": 3, "dynamodb": 2}


def test_an_eighth_of_all_calls_to_each_provider_fail() -> None:
    odds: Counter[str] = Counter()
    for chance in provider_chances():
        odds[chance.fault.channel] += chance.probability  # type: ignore[assignment] # odds add up
    assert odds == pytest.approx({"whatsapp": 0.125, "telegram": 0.125, "agents": 0.125})
