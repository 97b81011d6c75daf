"""What Slack calls when somebody presses a button: the offer is answered, and they are told.

Slack waits three seconds, and shows an error to whoever pressed if it gets no 200 within them:
docs.slack.dev/interactivity/handling-user-interaction.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from notifiers.slack.address import SlackAddress, agent_pressing
from notifiers.slack.api import api_url
from notifiers.slack.buttons import ACCEPT, OfferButton, unsealed
from notifiers.slack.messages import closed
from notifiers.slack.presses import Press, check_signature, form_of, read_press
from notifiers.slack.responses import Respond, Responding, Response, alone, instead
from notifiers.slack.secret import SigningSecrets, slack_secret
from sportello.aws.logs import Metric, count, logger
from sportello.entrypoints import runtime
from sportello.entrypoints.initialization import prepare
from sportello.entrypoints.receiver import webhook_request
from sportello.errors import MalformedPayload, NotConfigured, Retryable, Unauthenticated
from sportello.messaging.inbound_channel import WebhookRequest
from sportello.model import Instant
from sportello.people.auditing import GivenAnswer, keep_answer
from sportello.people.notifying.answer_links import Answer
from sportello.people.notifying.answering import Answered, Answering
from sportello.people.notifying.endpoints import endpoint_named
from sportello.people.notifying.link_answers import KEPT_SECONDS, LOOKED_AT_ANEW_SECONDS
from sportello.people.notifying.notice_texts import notice_texts
from sportello.routing.endpoints import personal
from sportello.table.desk import Desk
from sportello.table.settings.settings_store import SettingsStore

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NAME = "slack"
ROUTE = "/answers/slack"

prepare("dynamodb", "secretsmanager")


class PressedButtons:
    """Answers offers for whoever pressed a button, and has them told.

    `signing` gives the secrets as they stood at most so many seconds ago: where none of those that
    are kept fits, they are looked at anew, for they may have been changed a moment ago.
    """

    def __init__(
        self,
        desk: Desk,
        settings: SettingsStore,
        signing: Callable[[float], SigningSecrets],
        respond: Respond,
    ) -> None:
        self._desk = desk
        self._settings = settings
        self._answering = Answering(desk, settings)
        self._signing = signing
        self._respond = respond

    def take(self, request: WebhookRequest) -> HTTPStatus:
        """Return 403 for a call that is not Slack's or came before, 503 if it may come again."""
        form = form_of(request.body)
        if "ssl_check" in form:
            return HTTPStatus.OK  # an unsigned look at our certificate: nothing is done
        try:
            self._take(form.get("payload", ""), request)
        except Unauthenticated as error:
            count(Metric.REJECTED, NAME)
            logger.warning("call is refused", channel=NAME, reason=str(error))
            return HTTPStatus.FORBIDDEN
        except MalformedPayload as error:
            logger.warning("call could not be read", channel=NAME, reason=str(error))
        except (NotConfigured, Retryable) as error:
            logger.error(
                "button could not be answered",
                channel=NAME,
                error=type(error).__name__,
                reason=str(error),
            )
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    def _take(self, payload: str, request: WebhookRequest) -> None:
        signature, now = self._signature(request), request.received_at
        press = read_press(payload)
        if press is None:
            return
        # Slack signs each press with its time, so a signature that comes again is a copy.
        name = hashlib.sha256(f"{NAME}:{signature}".encode()).hexdigest()
        if not self._desk.table.links.use(name, now):
            raise Unauthenticated("the call came before")
        self._respond(press.response_url, self._answer(press, name, now))

    def _signature(self, request: WebhookRequest) -> str:
        def checked(max_age_seconds: float) -> str:
            keys = self._signing(max_age_seconds).keys
            return check_signature(request.headers, request.body, keys, request.received_at)

        try:
            return checked(KEPT_SECONDS)
        except Unauthenticated:
            return checked(LOOKED_AT_ANEW_SECONDS)

    def _unsealed(self, value: str) -> OfferButton | None:
        button = unsealed(value, self._signing(KEPT_SECONDS).keys)
        return button or unsealed(value, self._signing(LOOKED_AT_ANEW_SECONDS).keys)

    def _answer(self, press: Press, act_id: str, now: Instant) -> Response:
        button = self._unsealed(press.value)
        address = self._address(button.endpoint) if button else None
        if button is None or address is None:
            return alone(notice_texts(None).answers.not_genuine)
        logger.append_keys(conversation_id=button.conversation_id)
        own = personal(button.endpoint)
        agent_id = agent_pressing(
            address, own.agent_id if own else "", press.user, press.pressed_in
        )
        if agent_id:
            answer = Answer.ACCEPT if press.action == ACCEPT else Answer.DECLINE
            given = GivenAnswer(ROUTE, act_id, agent_id, button.conversation_id, answer)
            return self._give(button, given, press, address, now)
        logger.info("nobody that may answer pressed", endpoint=button.endpoint)
        answers = notice_texts(address.language).answers
        if own:
            return alone(answers.not_for_you)
        return alone(answers.unknown_person.format(person_id=press.user, endpoint=button.endpoint))

    def _give(
        self,
        button: OfferButton,
        given: GivenAnswer,
        press: Press,
        address: SlackAddress,
        now: Instant,
    ) -> Response:
        give = self._answering.accept if press.action == ACCEPT else self._answering.decline
        try:
            answered = give(button.conversation_id, button.offer_id, given.agent_id, now)
        except Exception:
            keep_answer(self._desk.table, given, None, now)
            raise
        keep_answer(self._desk.table, given, answered, now)
        texts = notice_texts(address.language)
        answers, is_own = texts.answers, personal(button.endpoint) is not None
        match answered:
            case Answered.ACCEPTED:
                who = answers.accepted_by.format(person=f"<@{press.user}>")
                return instead(closed(answers.accepted if is_own else who, texts, press.rung_at))
            case Answered.DECLINED if is_own:
                return instead(closed(answers.declined, texts, press.rung_at))
            case Answered.DECLINED:
                return alone(answers.declined)
            case Answered.NO_ROOM:
                return alone(answers.no_room)
            case _:
                # Its message stays: it may still be open to somebody else in the room.
                return alone(answers.over)

    def _address(self, endpoint: str) -> SlackAddress | None:
        """Look up where a button was rung, if Slack still rings there."""
        settings = endpoint_named(endpoint, self._desk.table, self._settings)
        if settings is None or settings.notifier != NAME:
            return None
        try:
            return SlackAddress.model_validate(settings.address, extra="ignore")
        except ValidationError:
            return None


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: "LambdaContext") -> dict[str, Any]:
    pressed = PressedButtons(
        runtime.desk(),
        runtime.settings(),
        partial(slack_secret, SigningSecrets),
        Responding(api_url),
    )
    status = pressed.take(webhook_request(event, runtime.utc_now()))
    # An answer without a body: Slack shows what stands in one only to slash commands.
    return {"statusCode": status.value, "headers": {"content-type": "text/plain"}, "body": ""}
