"""Origins of web pages, as browsers write them. Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[1-9][0-9]{{0,4}}))?",
    re.ASCII,
)
_HIGHEST_PORT = 65_535
_USUAL_PORTS = {"https": "443", "http": "80"}
_TRYING_OUT = "localhost"


def _as_browsers_write_it(origin: str) -> str:
    parts = _ORIGIN.fullmatch(origin)
    if parts is None or int(parts["port"] or 0) > _HIGHEST_PORT:
        raise ValueError(
            "not an origin, such as https://www.example.com: small letters, no path, no slash at "
            "the end, and other letters as xn--"
        )
    scheme, host, port = parts["scheme"], parts["host"], parts["port"]
    if scheme == "http" and host != _TRYING_OUT:
        raise ValueError("https is needed; http is for localhost alone, to try it out")
    if port == _USUAL_PORTS[scheme]:
        raise ValueError(f"browsers leave out :{port}: so do you")
    return origin


type Origin = Annotated[str, AfterValidator(_as_browsers_write_it), Field(max_length=255)]
"""Of `https`, or of `http://localhost`, on any port."""
