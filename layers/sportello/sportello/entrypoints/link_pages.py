"""What the pages of links have in common: nobody keeps one, finds it or frames it."""

from typing import Any


def headers_with(*allowed: str) -> dict[str, str]:
    """Return what a browser is told with a page; what is not `allowed` its policy forbids."""
    policy = ("default-src 'none'", *allowed, "frame-ancestors 'none'", "base-uri 'none'")
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "; ".join(policy),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex, nofollow",
    }


def accepted_languages(event: dict[str, Any]) -> str:
    """Return `Accept-Language`, as whoever follows the link sent it; empty if they did not."""
    headers = event.get("headers") or {}
    sent = (str(value) for name, value in headers.items() if name.lower() == "accept-language")
    return next(sent, "")
