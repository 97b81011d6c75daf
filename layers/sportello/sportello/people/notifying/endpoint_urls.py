"""Endpoints that are called at an address which a person typed."""

from collections.abc import Mapping, Sequence

from pydantic import HttpUrl

from sportello.aws.environment import Environment
from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.outbound_http import Reply
from sportello.messaging.public_calls import post_to_settings_url
from sportello.messaging.public_urls import judge_url
from sportello.people.notifying.notifier import AddressFault


class EndpointEnvironment(Environment):
    """`allow_private_endpoints` is true in the local cloud only."""

    allow_private_endpoints: bool = False


def url_faults(field: str, url: HttpUrl) -> Sequence[AddressFault]:
    """Say why an address could never be called; what has none just now, each ring judges anew."""
    try:
        judge_url(str(url), allow_private=_allow_private())
    except ForbiddenUrl as error:
        return [AddressFault(field=field, detail=str(error))]
    except ProviderUnavailable:
        pass
    return []


def post_to_endpoint(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    return post_to_settings_url(url, body, headers, allow_private=_allow_private())


def _allow_private() -> bool:
    return EndpointEnvironment.load().allow_private_endpoints
