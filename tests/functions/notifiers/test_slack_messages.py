import json
import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import given

from notifiers.slack.address import SlackAddress
from notifiers.slack.buttons import sealed, unsealed
from notifiers.slack.messages import SlackMessage, ended, escaped, ring
from sportello.people.notifying.notifier import Notification
from support.block_kit import MARKUP, check_message
from support.builders import CONVERSATION
from support.notices import HOSTILE, json_values, notice, spoken_by, strangers_texts

KEY = b"8f742231b10e8888abcd99yyyzzz85a5"
RUNG_AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def rung(notification: Notification, **fields: Any) -> SlackMessage:
    address = SlackAddress.model_validate({"channel": "C024BE91L", "language": "en", **fields})
    return ring(notification, address, lambda button: sealed(button, KEY))


def check(message: SlackMessage) -> None:
    check_message(message.text, list(message.blocks))


def shown(message: SlackMessage) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def buttons(message: SlackMessage) -> list[dict[str, Any]]:
    return [e for b in message.blocks if b["type"] == "actions" for e in b["elements"]]


def test_an_offer_says_who_waits_in_which_queue_since_when_and_until_when() -> None:
    message = rung(notice())
    check(message)
    texts = [
        text["text"]
        for block in message.blocks
        for text in [*block.get("fields", []), *block.get("elements", []), block.get("text")]
        if text and isinstance(text.get("text"), str)
    ]
    assert texts == [
        "A customer is waiting",
        "Queue: sales",
        "Priority: high",
        "Channel: whatsapp",
        "Customer: Niccolò",
        "Waiting since: <!date^1772618280^{date_short_pretty} {time}|2026-03-04 09:58 UTC>",
        "Answer due: <!date^1772618700^{date_short_pretty} {time}|2026-03-04 10:05 UTC>",
        "Customer: Il mio pacco è in ritardo",
        "Bot: Un momento",
        "Open until <!date^1772618460^{date_short_pretty} {time}|2026-03-04 10:01 UTC>",
    ]


def test_a_notification_on_a_locked_screen_tells_nothing_of_the_customer() -> None:
    assert rung(notice()).text == "A customer is waiting · sales · high"


def test_people_are_rung_in_their_language() -> None:
    message = rung(notice(), language="it")
    assert message.text == "Un cliente è in attesa · sales · alta"
    assert [button["text"]["text"] for button in buttons(message)] == ["Accetta", "Rifiuta"]


def test_words_are_left_out_where_an_endpoint_wants_none() -> None:
    message = rung(notice(), show_words=False)
    check(message)
    assert "pacco" not in shown(message)
    assert "Niccolò" in shown(message)


def test_both_buttons_carry_the_offer_and_where_it_was_rung() -> None:
    accept, decline = buttons(rung(notice()))
    assert (accept["action_id"], decline["action_id"]) == ("offer.accept", "offer.decline")
    button = unsealed(accept["value"], [KEY])
    assert button == unsealed(decline["value"], [KEY])
    assert button is not None
    assert (button.conversation_id, button.offer_id, button.endpoint) == (
        CONVERSATION,
        "handoff-2-0",
        "desk",
    )


def test_only_an_offer_has_buttons() -> None:
    for name in ("ladder.exhausted", "clock.breaching", "moon.landed"):
        message = rung(notice(name))
        check(message)
        assert buttons(message) == []
    assert buttons(rung(notice(data={"queue": "sales"}))) == []


@given(strangers_texts)
def test_strangers_call_nobody_and_forge_no_link(text: str) -> None:
    message = rung(notice(data=spoken_by(text)))
    check(message)
    ours = MARKUP.findall(shown(message))
    assert all(sign.startswith("<!date^") for sign in ours)
    assert {button["action_id"] for button in buttons(message)} == {"offer.accept", "offer.decline"}


def test_what_a_stranger_wrote_is_never_read_as_markup() -> None:
    for text in HOSTILE:
        strange = rung(notice(data=spoken_by(text)))
        plain = rung(notice(data=spoken_by("Ciao")))
        assert markup_of(strange) == markup_of(plain)


def markup_of(message: SlackMessage) -> list[str]:
    return re.findall(r"'type': 'mrkdwn', 'text': '([^']*)'", str(message.blocks))


@given(json_values, json_values, json_values)
def test_whatever_the_data_holds_slack_takes_the_message(queue: Any, who: Any, said: Any) -> None:
    data = {"offer_id": "handoff-2-0", "queue": queue, "customer": who, "transcript": said}
    message = rung(notice(data=data, channel="fake"))
    check(message)


def test_the_longest_message_is_taken() -> None:
    for sign, lines in {"&": 2, "😀": 1, "a": 6}.items():
        message = rung(notice(data=spoken_by(sign * 5_000), endpoint=f"@{'a' * 128}/{'b' * 64}"))
        check(message)
        said = [b for b in message.blocks if b["type"] == "section" and "text" in b]
        assert len(said) == lines


def test_an_ended_offer_leaves_one_sentence_and_no_button() -> None:
    address = SlackAddress(channel="C024BE91L", language="en")
    outcomes = {
        "offer.accepted": "A colleague has this customer.",
        "offer.declined": "Everybody who was asked has declined.",
        "offer.withdrawn": "Nobody is needed any more.",
        "offer.expired": "Nobody answered in time.",
        "offer.eaten": "This offer is over.",
    }
    for name, words in outcomes.items():
        message = ended(notice(name, {"offer_id": "handoff-2-0"}), address, RUNG_AT)
        check(message)
        assert message.text == words
        assert buttons(message) == []


def test_who_has_the_customer_is_named_by_their_sign() -> None:
    data = {"offer_id": "handoff-2-0", "agent_id": "anna"}
    address = SlackAddress(channel="C024BE91L", language="en", agents={"U0123456789": "anna"})
    message = ended(notice("offer.accepted", data), address, RUNG_AT)
    check(message)
    assert message.text == "<@U0123456789> has this customer."
    stranger = address.model_copy(update={"agents": {}})
    assert "A colleague" in ended(notice("offer.accepted", data), stranger, RUNG_AT).text


def test_whose_matter_it_is_is_called_by_name() -> None:
    data = {"agent_id": "anna", "queue": "sales"}
    message = rung(notice("conversation.assigned", data), agents={"U0123456789": "anna"})
    check(message)
    assert "For: <@U0123456789>" in shown(message)
    assert "For:" not in shown(rung(notice("conversation.assigned", data)))


def test_slacks_own_signs_are_escaped_and_nothing_else() -> None:
    assert escaped("<!channel> & *co* &amp;") == "&lt;!channel&gt; &amp; *co* &amp;amp;"
