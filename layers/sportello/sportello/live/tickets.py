"""Tickets: what lets a browser connect, once and at once, because it can prove nobody there.

A browser cannot send a header with a socket's handshake, and what stands in an address is written
down by everything on its way: a used ticket is worth nothing.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sportello.routing.teams import Scope
from sportello.table.desk_table import DeskTable
from sportello.table.outward.live_items import Connection, Ticket

GOOD_FOR = timedelta(seconds=30)
LIVES_FOR = timedelta(hours=2)
"""What API Gateway lets a connection live, and how long what its agent sees may be out of date."""

_SHAPE = re.compile(r"[A-Za-z0-9_\-]{43}")


def issue_ticket(
    table: DeskTable,
    agent_id: str,
    roles: Iterable[str],
    teams: Iterable[str],
    scope: Scope,
    now: datetime,
) -> str:
    """Return a new ticket; the table knows its hash alone."""
    ticket = secrets.token_urlsafe(32)
    table.live.keep_ticket(
        _hash(ticket),
        Ticket(
            agent_id=agent_id,
            roles=tuple(sorted(roles)),
            teams=tuple(teams),
            scope=None if scope is None else tuple(sorted(scope)),
            good_until=now + GOOD_FOR,
            lives_until=now + LIVES_FOR,
        ),
    )
    return ticket


def connect(table: DeskTable, ticket: object, connection_id: str, now: datetime) -> str | None:
    """Open a connection with a ticket, and return whose it is; None for one that is not good."""
    if not isinstance(ticket, str) or not _SHAPE.fullmatch(ticket):
        return None
    used = table.live.use_ticket(_hash(ticket), connection_id, now)
    if used is None:
        return None
    connection = Connection(
        connection_id=connection_id,
        agent_id=used.agent_id,
        roles=used.roles,
        teams=used.teams,
        scope=used.scope,
        opened_at=now,
        lives_until=used.lives_until,
    )
    table.live.open_connection(connection)
    return used.agent_id


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
