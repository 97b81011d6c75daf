"""What is asked of whoever settles agents, as it lies in their queue. Pure."""

from sportello.stored import Stored


class SettleRequest(Stored):
    """`unasked` is of an agent whom time may have given room, though nobody asked for anything."""

    agent_id: str
    unasked: bool = False
