"""What a browser needs to subscribe to pushes: the deployment's public key."""

import base64

from chalice.app import Blueprint, Request, Response

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Problem
from agent_api.calls.route_declaration import answer_with, route
from sportello.model import Model

routes = Blueprint(__name__)


class PushKey(Model):
    """`public_key` is base64url without padding, as `pushManager.subscribe` takes it."""

    public_key: str


@route(
    routes,
    "GET",
    "/push/public-key",
    Permission.SET_OWN_PRESENCE,
    answers={200: PushKey},
    problems=("unknown-path",),
)
def read_public_key(_request: Request, _agent: Agent) -> Response:
    from notifiers.push.keys import PushKeyEnvironment, key_seed  # noqa: PLC0415 -- no other route needs a notifier

    if not PushKeyEnvironment.load().push_secret:
        raise Problem(404, "unknown-path", "Push is not deployed here: the parameter PushNotifier.")
    seed = key_seed()
    from notifiers.push.ciphers import public_key  # noqa: PLC0415 -- there where push is deployed

    written = base64.urlsafe_b64encode(public_key(seed)).decode().rstrip("=")
    return answer_with(PushKey(public_key=written))
