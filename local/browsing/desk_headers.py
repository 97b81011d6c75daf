"""The headers that the desk's page is served with, as the template has them."""

from functools import cache
from typing import Any

import yaml

from local.cloud.emulator import ROOT


class _Loader(yaml.SafeLoader):
    """Takes a short tag for what it is about: `!Sub [text, names]` for a list of both."""


def _plain(loader: _Loader, _tag: str, node: yaml.Node) -> Any:
    match node:
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
    raise ValueError(f"{node.tag} of a mapping")


_Loader.add_multi_constructor("!", _plain)


@cache
def desk_headers(endpoint: str) -> dict[str, str]:
    """Return the headers of a page that calls the laptop's cloud at this address.

    They are kept: reading the template takes longer than serving all files of a page.
    """
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 -- a SafeLoader
    policy = template["Resources"]["DeskHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = policy["SecurityHeadersConfig"]
    text, places = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    for place in places:
        address = endpoint.replace("http", "ws", 1) if place == "Live" else endpoint
        text = text.replace(f"${{{place}}}", address)
    others = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}
    return {
        "Content-Security-Policy": text,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        **others,
    }
