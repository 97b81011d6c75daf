"""What a channel says that it can carry, without loading what calls its provider."""

import importlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sportello.messaging.capabilities import Capabilities


@cache
def capabilities_of(channel: str) -> "Capabilities | None":
    """Return a channel's capabilities; None for one that was removed, or never was."""
    if not channel.isidentifier():
        return None
    try:
        module = importlib.import_module(f"channels.{channel}.capabilities")
    except ModuleNotFoundError:
        return None
    capabilities: Capabilities = module.CAPABILITIES
    return capabilities
