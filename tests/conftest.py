"""Keeps tests offline and apart: made-up AWS credentials, loopback only, no caches kept."""

import logging
import os
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

# Before any import of Powertools or boto3: both look at the environment as they are imported.
os.environ.update(
    AWS_ACCESS_KEY_ID="made-up",
    AWS_SECRET_ACCESS_KEY="made-up",
    AWS_SESSION_TOKEN="made-up",
    AWS_DEFAULT_REGION="eu-south-1",
    AWS_REGION="eu-south-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_TRACE_DISABLED="true",
    POWERTOOLS_METRICS_NAMESPACE="Sportello",
    POWERTOOLS_SERVICE_NAME="desk-of-the-tests",
)
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
    os.environ.pop(name, None)

hypothesis.settings.register_profile(
    "quick", max_examples=15, deadline=None, derandomize=True, database=None
)
hypothesis.settings.register_profile("thorough", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

BROWSER = Path(__file__).parent / "browser"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="leave out test files that need a cloud")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A test file that stands on no cloud stands on rules alone; None leaves it to pytest.

    What drives a browser takes long to import: it is not looked at unless it is asked for.
    """
    if collection_path == BROWSER and "not browser" in config.getoption("-m"):
        return True
    if not config.getoption("--pure") or not collection_path.name.startswith("test_"):
        return None
    return "support.clouds" in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.getoption("--pure") and "boto3" in sys.modules:
        raise pytest.UsageError("a pure test imports boto3, which takes longer than many tests")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not any(map(item.get_closest_marker, ("system", "browser"))):
        pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    pytest_socket._remove_restrictions()


@pytest.fixture(autouse=True)
def nothing_kept_from_another_test() -> Iterator[None]:
    """What a warm function keeps for its life would carry one test's world into the next.

    Clients of AWS stay: they take long to make and know nothing of a test.
    """
    forget_what_a_process_keeps()
    yield
    forget_what_a_process_keeps()


KEPT_BY_A_PROCESS = {
    "sportello.entrypoints.runtime": ["inbound_table", "table", "desk", "settings", "media_store"],
    "sportello.entrypoints.receiver": ["_conversation_key"],
}
KEPT_IN_DICTIONARIES = {
    "sportello.aws.credentials": "_secrets",
    "sportello.aws.environment": "_loaded",
}


def forget_what_a_process_keeps() -> None:
    """Empty the caches of the modules that are there: a test of a pure room imports none."""
    for name, dictionary in KEPT_IN_DICTIONARIES.items():
        if module := sys.modules.get(name):
            getattr(module, dictionary).clear()
    for name, caches in KEPT_BY_A_PROCESS.items():
        if module := sys.modules.get(name):
            for cache in caches:
                getattr(module, cache).cache_clear()


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Everything logged, line by line as CloudWatch gets it."""
    from sportello.aws.logs import logger  # noqa: PLC0415 -- after the environment is set

    lines = StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    yield lines
    logger._logger.removeHandler(handler)
