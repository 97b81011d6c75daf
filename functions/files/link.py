"""The link of a file: it leads on to the bucket, by an address that is good for minutes."""

import re
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.link_pages import accepted_languages, headers_with
from sportello.language.languages import by_language, part, preferred_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

prepare("dynamodb", "s3")

_TOKEN = re.compile(r"[A-Za-z0-9_\-]{43}", re.ASCII)

HEADERS = headers_with()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
    token = str((event.get("pathParameters") or {}).get("token", ""))
    try:
        address = _address_of(token)
    except Exception as error:  # noqa: BLE001 -- whatever it is, a customer waits for a page
        logger.error("file could not be handed out", error=type(error).__name__)
        return _page(event, HTTPStatus.SERVICE_UNAVAILABLE, "busy")
    if not address:
        return _page(event, HTTPStatus.GONE, "over")
    headers = {**HEADERS, "location": address}
    return {"statusCode": HTTPStatus.SEE_OTHER.value, "headers": headers, "body": ""}


def _address_of(token: str) -> str:
    """Return where the file lies now; empty where the link is over, or was never ours."""
    now = runtime.utc_now()
    link = runtime.table().file_links.follow(token, now) if _TOKEN.fullmatch(token) else None
    if link is None:
        return ""
    return runtime.media_store().link(link.key, link.file_name, link.mime_type, now).url


def _page(event: dict[str, Any], status: HTTPStatus, words: str) -> dict[str, Any]:
    language = preferred_language(accepted_languages(event), _page_words)
    sentence = escape((_page_words(language) or {}).get(words, ""))
    body = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{sentence}</title></head>'
        f"<body><main><h1>{sentence}</h1></main></body></html>"
    )
    return {"statusCode": status.value, "headers": HEADERS, "body": body}


@by_language
def _page_words(language: str) -> "Mapping[str, str] | None":
    words: Mapping[str, str] | None = part(language, "file_pages")
    return words
