"""What a browser needs to subscribe to pushes: the deployment's public key."""

import base64

from chalice.app import Blueprint, Request, Response

from agent_api.identity import Agent
from agent_api.permissions import Permission
from agent_api.route_declaration import answer_with, route
from sportello.model import Model

routes = Blueprint(__name__)


class PushKey(Model):
    """`public_key` is base64url without padding, as `pushManager.subscribe` takes it."""

    public_key: str


@route(routes, "GET", "/push/public-key", Permission.SET_OWN_PRESENCE)
def read_public_key(_request: Request, _agent: Agent) -> Response:
    from notifiers.push.keys import our_key, public_bytes  # noqa: PLC0415 -- no other route of the agent API needs any cipher

    key = public_bytes(our_key().public_key())
    return answer_with(PushKey(public_key=base64.urlsafe_b64encode(key).decode().rstrip("=")))
