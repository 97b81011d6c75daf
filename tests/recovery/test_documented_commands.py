"""What docs/operating.md tells the person on duty to type can be typed."""

import re
import shlex

from recovery.__main__ import _parser
from sportello.aws.retries import retry_delay_seconds
from support.template import ROOT, resources

PAGE = (ROOT / "docs" / "operating.md").read_text()
COMMANDS = re.findall(r"^ *\.venv/bin/python -m recovery (.*?)(?: *#.*)?$", PAGE, re.MULTILINE)


def test_every_command_is_documented() -> None:
    asked = [_parser().parse_args(shlex.split(command)) for command in COMMANDS]
    assert len({arguments.command for arguments in asked}) == 4
    assert any(getattr(arguments, "rerun", False) for arguments in asked)
    assert any(getattr(arguments, "show", False) for arguments in asked)


def test_a_documented_queue_is_a_dead_letter_queue_of_the_template() -> None:
    typed = [_parser().parse_args(shlex.split(command)) for command in COMMANDS]
    documented = {queue for arguments in typed for queue in getattr(arguments, "queues", [])}
    letters = {
        name for name, queue in resources("AWS::SQS::Queue").items() if "RedrivePolicy" not in queue
    }
    assert documented
    assert documented <= letters


def test_every_queue_that_nothing_empties_is_where_something_gives_up() -> None:
    """The command takes exactly these queues for dead-letter queues."""
    queues = resources("AWS::SQS::Queue")
    last_stops = {name for name, queue in queues.items() if "RedrivePolicy" not in queue}
    assert last_stops == {name for name in queues if name.endswith("DeadLetters")}


def test_a_message_is_tried_for_as_long_as_documented() -> None:
    attempts = {
        queue["RedrivePolicy"]["maxReceiveCount"]
        for name, queue in resources("AWS::SQS::Queue").items()
        if name.endswith("DeliveryQueue")
    }
    assert attempts == {50}
    hours = sum(map(retry_delay_seconds, range(1, 50))) / 3_600
    assert 3.25 < hours < 3.75
    assert "about three and a half hours" in PAGE
