"""An operator fills agents' lists with what was there before them."""

import pytest

from recovery.__main__ import main
from sportello.table.items import state_attributes
from support import builders
from support.clouds.operated_stack import StackInMoto


def test_what_was_in_no_list_is_listed_once(
    stack: StackInMoto, capsys: pytest.CaptureFixture[str]
) -> None:
    item = state_attributes("c1", builders.queued())
    earlier = {name: value for name, value in item.items() if "inbox" not in name}
    stack.table._client.put_item(TableName=stack.table._name, Item=earlier)
    for listed in (1, 0):
        assert main(["lists"]) == 0
        assert capsys.readouterr().out.startswith(f"{listed} conversations")
