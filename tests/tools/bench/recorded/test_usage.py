from datetime import UTC, datetime

from tools.bench.growth_groups import growths
from tools.bench.recorded.metering import Units
from tools.bench.recorded.recording import Invocation
from tools.bench.recorded.tape import Call, answer_of
from tools.bench.recorded.usage import Usage

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def an_invocation(*calls: Call, units: tuple[float, float, float] = (1, 2, 3)) -> Invocation:
    return Invocation("A", {}, NOW, calls, Units(*units), logged_bytes=10)


def test_invocations_add_up() -> None:
    events = answer_of("events", "PutEvents", {"Entries": [{}, {}]})
    put = answer_of("dynamodb", "PutItem", {})
    usage = Usage.of([an_invocation(put), an_invocation(put, events)])
    assert usage.calls == {"PutItem": 2, "PutEvents": 1}
    assert (usage.invocations, usage.units) == (2, Units(2, 4, 6))
    assert (usage.bus_events, usage.logged_bytes) == (2, 20)
    assert usage.calls_by_operation == "2 Put, PutEvents"


def test_growth_is_of_each_count_alone() -> None:
    put = answer_of("dynamodb", "PutItem", {})
    first = Usage.of([an_invocation(put, units=(1, 2, 0))])
    later = Usage.of([an_invocation(put, put, units=(3, 2, 0))])
    assert list(growths(later, first)) == [2, 3, 1, 1]
