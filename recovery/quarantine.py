"""Quarantined payloads of a stack, and reading them again through the adapters of this checkout."""

import importlib
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import channels
from recovery.stack import Stack
from sportello.aws.credentials import read_secret_text
from sportello.entrypoints.receiver import ReceiverEnvironment
from sportello.intake.rerunning import Rerun, Rerunning
from sportello.messaging.inbound_channel import InboundAdapter
from sportello.table.inbound.quarantined_payload import QuarantinedPayload


class UnknownPayload(Exception):
    """No payload of this id waits in quarantine."""


def adapters() -> Mapping[str, InboundAdapter]:
    """Return every channel's adapter by its name: each folder there with a `receive` is one."""
    folders = (Path(folder) for folder in channels.__path__)
    files = (file for folder in folders for file in folder.glob("*/receive.py"))
    modules = (importlib.import_module(f"channels.{file.parent.name}.receive") for file in files)
    return {module.adapter.name: module.adapter for module in modules}


def chosen(stack: Stack, ids: Iterable[str]) -> list[QuarantinedPayload]:
    """Return the payloads of these ids, all for none; raises UnknownPayload."""
    waiting = {payload.quarantine_id: payload for payload in stack.table.quarantined()}
    names = list(ids) or list(waiting)
    unknown = [name for name in names if name not in waiting]
    if unknown:
        raise UnknownPayload(f"not in quarantine (any more): {', '.join(unknown)}")
    return [waiting[name] for name in names]


def rerun(stack: Stack, payloads: Iterable[QuarantinedPayload], *, dry: bool) -> Iterator[Rerun]:
    """Read payloads again, oldest first, and yield what came of each."""
    channel_adapters = adapters()
    readers: dict[str, Rerunning] = {}
    for payload in sorted(payloads, key=lambda payload: payload.received_at):
        name = payload.channel
        if name not in readers:
            _take_place_of_receiver(stack, name)
            readers[name] = Rerunning(channel_adapters[name], stack.table, _conversation_key)
        reader = readers[name]
        yield reader.rehearse(payload) if dry else reader.rerun(payload, datetime.now(UTC))


def _take_place_of_receiver(stack: Stack, channel: str) -> None:
    """Give this process what the channel's `receive` has: the names of its secrets above all."""
    variables = stack.function_environment(f"channels.{channel}.receive.handler")
    os.environ.update(
        {name: value for name, value in variables.items() if not name.startswith("AWS_")}
    )


def _conversation_key() -> bytes:
    return read_secret_text(ReceiverEnvironment.load().conversation_key_secret).encode()
