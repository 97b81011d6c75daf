"""The links of an offer: GET and HEAD show, POST answers."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import Field

from answers.pages import HEADERS, busy_page, page_words, rendered, status_of
from sportello.aws.credentials import read_secret
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.link_pages import accepted_languages
from sportello.language.languages import preferred_language
from sportello.people.notifying.answer_links import AnswerLinkSecret
from sportello.people.notifying.link_answers import LinkAnswers

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

prepare("dynamodb", "secretsmanager")


class AnswerLinkEnvironment(Environment):
    answer_link_secret: str = Field(min_length=1)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
    method = event["httpMethod"]
    token = str((event.get("pathParameters") or {}).get("token", ""))
    language = preferred_language(accepted_languages(event), page_words)
    links = LinkAnswers(runtime.desk(), runtime.settings(), _keys)
    follow = links.answer if method == "POST" else links.look
    try:
        page = follow(token, runtime.utc_now())
    except Exception as error:  # noqa: BLE001 -- whatever it is, a person waits for a page
        logger.error("link could not be followed", error=type(error).__name__)
        sent = method == "POST"
        status, body = HTTPStatus.SERVICE_UNAVAILABLE, busy_page(language, sent=sent)
    else:
        status, body = status_of(page), rendered(page, language)
    return {
        "statusCode": status.value,
        "headers": HEADERS,
        "body": "" if method == "HEAD" else body,
    }


def _keys(max_age_seconds: float) -> Sequence[bytes]:
    secret_id = AnswerLinkEnvironment.load().answer_link_secret
    return read_secret(secret_id, AnswerLinkSecret, max_age_seconds).keys
