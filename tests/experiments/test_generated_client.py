"""The OpenAPI document is one, and a client made from it is typed and says what the API says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.agent_calls import call
from support.template import ROOT

pytestmark = pytest.mark.experiment

TOOLS = ROOT / ".local" / "venvs" / "client" / "bin"

USE = '''\
"""What somebody writes who uses the client."""

from desk_client.api.conversations import read_conversation, reply
from desk_client.api.me import read_me
from desk_client.client import AuthenticatedClient
from desk_client.models import ConversationWithTimeline, Me, NewReply, Problem, ReplyAccepted


def answer(client: AuthenticatedClient, conversation_id: str) -> str:
    me = read_me.sync(client=client)
    story = read_conversation.sync(conversation_id, client=client, limit=5)
    if not isinstance(me, Me) or not isinstance(story, ConversationWithTimeline):
        return ""
    text = f"{story.customer.display_name}: {me.display_name}"
    sent = reply.sync(
        conversation_id, client=client, body=NewReply(text=text), idempotency_key="k-1"
    )
    if isinstance(sent, Problem):
        return sent.title
    return sent.effect_key if isinstance(sent, ReplyAccepted) else ""
'''
MISUSE = USE.replace("NewReply(text=text)", "NewReply(message=text)")


def run(*command: object, folder: Path) -> str:
    done = subprocess.run(  # noqa: S603 -- tools of this repository
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client is, and `openapi.json` that it was made of; nothing of it is kept."""
    made = tmp_path_factory.mktemp("client")
    (made / "openapi.json").write_text(call("GET", "/openapi.json").body)
    (made / "generator.json").write_text(json.dumps({"post_hooks": []}))
    return made


@pytest.fixture(scope="module")
def report(folder: Path) -> str:
    return run(
        *(TOOLS / "openapi-python-client", "generate", "--meta", "none"),
        *("--path", "openapi.json", "--config", "generator.json"),
        *("--output-path", "desk_client"),
        folder=folder,
    )


def types(folder: Path, *files: str) -> str:
    """What mypy says of some files, at its strictest."""
    return run(
        *(sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file="),
        *("--python-executable", TOOLS / "python", *files),
        folder=folder,
    )


def test_the_document_is_one_of_openapi(folder: Path) -> None:
    assert run(TOOLS / "openapi-spec-validator", "openapi.json", folder=folder) == (
        "openapi.json: OK\n"
    )


def test_every_route_is_in_the_client_but_the_one_that_takes_no_json(report: str) -> None:
    route = "POST /settings/{kind}/calendars/{name}/closures"
    missing = [line for line in report.splitlines() if line.startswith("WARNING")]
    assert missing == [
        f"WARNING parsing {route} within settings. Endpoint will not be generated."
    ], report


@pytest.mark.usefixtures("report")
def test_the_client_is_typed_and_so_is_what_is_done_with_it(folder: Path) -> None:
    (folder / "use.py").write_text(USE)
    assert "Success" in types(folder, "desk_client", "use.py")


@pytest.mark.usefixtures("report")
def test_a_wrong_use_is_seen_before_it_is_run(folder: Path) -> None:
    (folder / "misuse.py").write_text(MISUSE)
    assert '"message" for "NewReply"' in types(folder, "misuse.py")
