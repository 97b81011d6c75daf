"""What the page of the agent API says of the inbox, held against what it answers."""

import json
import re
from typing import Any

import pytest

from agent_api.inbox.inbox import Inbox
from sportello.inbox.views import View
from support.template import ROOT

PAGE = (ROOT / "docs/agent-api.md").read_text(encoding="utf-8")
SECTION = PAGE.split("### `GET /inbox`")[1].split("\n## ")[0]


@pytest.fixture
def example() -> Any:
    found = re.search(r"```json\n(.*?)```", SECTION, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_example_is_an_answer_written_out(example: Any) -> None:
    read = Inbox.model_validate(example)
    assert json.loads(read.model_dump_json()) == example


def test_every_list_is_explained() -> None:
    assert re.findall(r"^\| `(\w+)` \| ", SECTION.split("| view |")[1], re.MULTILINE) == list(View)
