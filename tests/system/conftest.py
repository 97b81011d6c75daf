"""One deployed stack for all tests here; each test has customers of its own."""

from collections.abc import Iterator

import pytest

from local.cloud.laptop import Laptop
from local.cloud.observing import wait_until
from local.providers.customers import WhatsAppCustomer
from support.clouds.driven_desk import DrivenDesk

LAST_FILES = ("test_sweep.py", "test_traces_left.py")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("support.clouds.one_laptop")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What time and the other tests leave behind is looked at when they are done."""
    items.sort(
        key=lambda item: LAST_FILES.index(item.path.name) if item.path.name in LAST_FILES else -1
    )


@pytest.fixture(scope="session")
def desk(laptop: Laptop) -> DrivenDesk:
    return DrivenDesk(laptop)


@pytest.fixture(autouse=True)
def providers_behave_again(desk: DrivenDesk) -> Iterator[None]:
    yield
    desk.calls.heal()


@pytest.fixture(scope="module", autouse=True)
def nobody_waits_into_the_next_file(desk: DrivenDesk) -> Iterator[None]:
    """Ladders and clocks of whom a file leaves waiting would ring, and fall due, in the others."""
    yield
    desk.send_home_who_waits()


@pytest.fixture(scope="session")
def abandoned_turn(desk: DrivenDesk) -> WhatsAppCustomer:
    """A customer whose question was taken up by a run that died before it could answer."""
    customer = desk.whatsapp_customer()
    died_before = len(desk.executions("TriageStateMachine", "FAILED"))
    with (
        desk.settings(bot={"lease_seconds": 30}),
        desk.broken("RunBotFunction", "RequestHumanFunction"),
    ):
        customer.write("Come posso pagare?")
        wait_until(
            lambda: len(desk.executions("TriageStateMachine", "FAILED")) > died_before,
            seconds=120,
            what="failed run",
        )
    return customer


@pytest.fixture(scope="session", autouse=True)
def abandoned_early(request: pytest.FixtureRequest) -> None:
    """Lets the lease of the abandoned turn run out while other tests run."""
    if any("abandoned_turn" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("abandoned_turn")
