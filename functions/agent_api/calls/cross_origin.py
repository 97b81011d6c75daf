"""Pages of any origin may call, and read what is answered.

A call is let in by its token, which no browser adds by itself as it adds cookies: so an origin
that is named here would keep nobody out, and every page that people work in may be written by
somebody else. What a browser asks beforehand, the gateway answers (`Cors` in `template.yaml`).
"""

from collections.abc import Callable

from chalice.app import Request, Response

READABLE = ("Allow", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After")
"""Our own headers that a page is to see, beside those that browsers always show."""

HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": ", ".join(READABLE),
}


def speak_to_any_page(
    request: Request | None, get_response: Callable[[Request | None], Response]
) -> Response:
    response = get_response(request)
    response.headers.update(HEADERS)
    return response
