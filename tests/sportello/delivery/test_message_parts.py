"""What a channel is asked to carry: every part within the limit of its kind, and nothing lost."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest
import regex
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sportello.conversation.effects import SendMessage, SendRichMessage
from sportello.conversation.events import Author
from sportello.delivery.message_parts import Part, in_parts
from sportello.messaging.capabilities import TextUnit
from sportello.messaging.items import Visibility
from sportello.messaging.outbound_channel import Button, OutboundMessage
from sportello.messaging.outbound_http import Reply
from sportello.messaging.outbound_media import MediaKind, MediaLimits, OutboundMedia
from support.builders import a_file, a_template
from support.fakes import CAPABILITIES
from support.webhooks import PROVIDERS, no_form

ASTRONAUT = "👩\u200d🚀"
URL = "https://example.com/a?b=c"
TALK = Button(id="talk_to_person", title="Parla con noi")

every_channel = pytest.mark.parametrize("channel", sorted(PROVIDERS))


def message(text: str, *buttons: Button) -> SendMessage:
    return SendMessage(
        key="bot:1",
        text=text,
        author=Author.BOT,
        buttons=buttons,
        visibility=Visibility.PRIVATE,
        automatic=True,
        owner_version=1,
    )


def parts(text: str, *buttons: Button, **limits: Any) -> tuple[tuple[str, tuple[Button, ...]], ...]:
    fitted = in_parts(message(text, *buttons), CAPABILITIES.model_copy(update=limits))
    return tuple((part.text, part.buttons) for part in fitted)


def test_a_message_without_buttons_is_left_as_it_is() -> None:
    assert parts("Eccomi.") == (("Eccomi.", ()),)


def test_a_text_too_long_to_stand_above_buttons_is_cut_so_that_its_end_can() -> None:
    text = "Siamo aperti dalle nove. Venga pure."
    assert parts(text, TALK, text_limit=60, text_limit_above_buttons=20) == (
        ("Siamo aperti dalle nove.", ()),
        ("Venga pure.", (TALK,)),
    )


def test_the_end_above_buttons_is_as_much_as_it_holds_where_all_breaks_are_alike() -> None:
    text = "uno due tre quattro cinque"
    assert parts(text, TALK, text_limit=60, text_limit_above_buttons=12) == (
        ("uno due tre quattro", ()),
        ("cinque", (TALK,)),
    )


def test_no_word_is_torn_to_bring_it_above_buttons() -> None:
    text = f"Lo segua qui: {URL}"
    assert parts(text, TALK, text_limit=60, text_limit_above_buttons=20) == (
        (f"{text}\n\n- Parla con noi", ()),
    )


def test_choices_that_find_no_room_are_a_message_of_their_own() -> None:
    text = "a" * 30
    assert parts(text, TALK, text_limit=32, text_limit_above_buttons=20) == (
        (text, ()),
        ("- Parla con noi", ()),
    )


@pytest.mark.parametrize(
    "buttons",
    [
        [Button(id=str(n), title=f"Scelta {n}") for n in range(4)],
        [Button(id="1", title="Un titolo troppo lungo")],
        [Button(id="è" * 33, title="Sì")],
        [Button(id="1", title="Sì"), Button(id="2", title="Sì")],
        [Button(id="1", title="Sì"), Button(id="1", title="No")],
        [Button(id="1", title=" ")],
    ],
    ids=["too many", "long title", "long id", "titles alike", "ids alike", "no title"],
)
def test_buttons_that_a_channel_would_refuse_become_lines(buttons: list[Button]) -> None:
    ((text, kept_buttons),) = parts("Come preferisce?", *buttons)
    assert kept_buttons == ()
    assert all(f"- {button.title}".strip() in text for button in buttons)


def test_a_title_is_counted_in_the_unit_of_the_channel() -> None:
    button = Button(id="1", title="😀" * 11)
    assert parts("Ok?", button)[0][1] == (button,)
    assert parts("Ok?", button, text_unit=TextUnit.UTF_16)[0][1] == ()


# --- as the providers get it ------------------------------------------------------------------


def requests(channel: str, text: str, *buttons: Button) -> list[dict[str, Any]]:
    """Return what a provider is asked for a message."""
    provider = PROVIDERS[channel]
    asked: list[dict[str, Any]] = []

    def post(_url: str, document: Any, _headers: Mapping[str, str]) -> Reply:
        asked.append(json.loads(json.dumps(document)))
        return Reply(status=200, headers={}, body=json.dumps(provider.taken).encode())

    adapter = provider.outbound(post)
    for part, under, _, _ in in_parts(message(text, *buttons), adapter.capabilities):
        adapter.send(
            OutboundMessage(
                account_id=provider.account_id,
                to=provider.to,
                text=part,
                buttons=under,
                tracker="t",
            )
        )
    return asked


def whatsapp_text(request: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Check a request against Meta's limits, and return what the customer reads in it."""
    if request["type"] == "text":
        assert 1 <= len(request["text"]["body"]) <= 4_096
        return request["text"]["body"], []
    assert request["interactive"]["type"] == "button"
    body = request["interactive"]["body"]["text"]
    assert 1 <= len(body) <= 1_024
    replies = [button["reply"] for button in request["interactive"]["action"]["buttons"]]
    assert 1 <= len(replies) <= 3
    assert all(1 <= len(reply["title"]) <= 20 and len(reply["id"]) <= 256 for reply in replies)
    assert len({reply["title"] for reply in replies}) == len(replies)
    return body, [(reply["id"], reply["title"]) for reply in replies]


def telegram_text(request: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Check a request against Telegram's limits, and return what the customer reads in it."""
    assert "parse_mode" not in request, "nothing is escaped, so nothing grows"
    assert 1 <= len(request["text"].encode("utf-16-le")) // 2 <= 4_096
    rows = request.get("reply_markup", {}).get("inline_keyboard", [])
    keys = [(key["callback_data"], key["text"]) for row in rows for key in row]
    assert all(1 <= len(data.encode()) <= 64 and title for data, title in keys)
    return request["text"], keys


READERS = {"whatsapp": whatsapp_text, "telegram": telegram_text}

FRAGMENTS = st.one_of(
    st.sampled_from(
        (
            *("perché ", "straordinariamente ", ". Poi ", "! ", "\n", "\n\n", "\u00a0", "e\u0301"),
            *(f"{URL} ", f"{ASTRONAUT}", "🇮🇹 ", "<b>&amp; *così* ", "😀", "ﷺ ", "\u200d"),
        )
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
TEXTS = st.lists(st.tuples(FRAGMENTS, st.integers(1, 700)), min_size=1, max_size=8).map(
    lambda runs: "".join(fragment * times for fragment, times in runs)
)
BUTTONS = st.lists(
    st.builds(
        Button,
        id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=64),
        title=st.text(st.characters(codec="utf-8"), min_size=1, max_size=24),
    ),
    max_size=4,
)


@every_channel
@given(text=TEXTS, buttons=BUTTONS)
@example(text="a" * 4_090, buttons=[TALK])
@example(text="a " * 2_045, buttons=[TALK])
@example(text=f"{ASTRONAUT} " * 1_000, buttons=[TALK])
@example(text="😀" * 4_096, buttons=[])
def test_every_request_is_within_the_limits_and_nothing_is_lost(
    channel: str, text: str, buttons: list[Button]
) -> None:
    assume(text.strip())
    read = [READERS[channel](request) for request in requests(channel, text, *buttons)]
    texts = [body for body, _ in read]
    shown = [(button.id, button.title) for button in buttons]
    if read[-1][1]:
        assert read[-1][1] == shown
        expected = text
    else:
        expected = "\n".join([text, *(f"- {title}" for _, title in shown)])
    assert all(keys == [] for _, keys in read[:-1])
    assert squeezed("".join(texts)) == squeezed(expected)


def squeezed(text: str) -> str:
    return "".join(text.split())


@every_channel
@pytest.mark.parametrize("length", [*range(1_020, 1_030), *range(4_070, 4_100), 8_190, 16_384])
@pytest.mark.parametrize("word", ["parola ", f"{URL} ", f"{ASTRONAUT} ", "Fine. E poi "])
def test_neither_words_nor_urls_nor_graphemes_are_torn_at_the_limits(
    channel: str, length: int, word: str
) -> None:
    text = (word * length)[:length].rpartition(" ")[0]
    read = [READERS[channel](request)[0] for request in requests(channel, text, TALK)]
    assert list(itertools.chain.from_iterable(part.split() for part in read)) == text.split()
    assert all(regex.findall(r"\X", part)[0] not in {"\u200d", "🚀"} for part in read)


@every_channel
def test_a_long_text_keeps_its_buttons(channel: str) -> None:
    text = "Fine. E poi " * 340
    *_, last = [READERS[channel](request) for request in requests(channel, text, TALK)]
    assert last[1] == [(TALK.id, TALK.title)]


PHOTO = MediaLimits(max_bytes=1_000, caption_limit=20)
VOICE = MediaLimits(max_bytes=1_000)
WITH_MEDIA = CAPABILITIES.model_copy(
    update={"media": {MediaKind.IMAGE: PHOTO, MediaKind.VOICE: VOICE}}
)


def rich(text: str, *media: OutboundMedia, buttons: tuple[Button, ...] = ()) -> list[Part]:
    plain = message(text, *buttons).model_dump(exclude={"type"})
    return list(in_parts(SendRichMessage(**plain, media=media), WITH_MEDIA))


def test_files_go_first_and_the_text_is_the_caption_of_the_last() -> None:
    first, second = a_file(media_id="1"), a_file(media_id="2")
    assert rich("Ecco.", first, second) == [Part("", media=first), Part("Ecco.", media=second)]


def test_a_text_that_is_no_caption_follows_in_parts_of_its_own() -> None:
    photo, voice = a_file(), a_file(MediaKind.VOICE)
    for media, text in ((photo, "Ecco la foto che aveva chiesto."), (voice, "Ecco.")):
        assert rich(text, media) == [Part("", media=media), Part(text)]


def test_buttons_stand_under_the_text_and_not_under_a_file() -> None:
    photo = a_file()
    assert rich("Va bene?", photo, buttons=(TALK,)) == [
        Part("", media=photo),
        Part("Va bene?", (TALK,)),
    ]


def test_a_file_without_words_is_one_part() -> None:
    assert rich("", a_file(MediaKind.VOICE)) == [Part("", media=a_file(MediaKind.VOICE))]


def test_a_template_is_one_part_however_long_it_reads() -> None:
    plain = message("parola " * 1_000).model_dump(exclude={"type"})
    approved = SendRichMessage(**plain, template=a_template())
    (part,) = in_parts(approved, WITH_MEDIA)
    assert part.template == a_template()


@every_channel
@given(
    text=st.text(max_size=1_500).map(str.strip),
    kinds=st.lists(st.sampled_from(list(MediaKind)), min_size=1, max_size=10),
)
def test_every_file_leaves_once_and_every_caption_is_within_its_limit(
    channel: str, text: str, kinds: list[MediaKind]
) -> None:
    capabilities = PROVIDERS[channel].outbound(no_form).capabilities
    media = tuple(a_file(kind, media_id=str(n)) for n, kind in enumerate(kinds))
    plain = message(text).model_dump(exclude={"type"})
    fitted = in_parts(SendRichMessage(**plain, media=media), capabilities)
    assert tuple(part.media for part in fitted if part.media) == media
    for part in fitted:
        length = capabilities.text_unit.length(part.text)
        limit = capabilities.media[part.media.kind].caption_limit if part.media else None
        assert length <= (capabilities.text_limit if limit is None else limit)
        assert part.text or part.media
    assert "".join("".join(part.text for part in fitted).split()) == "".join(text.split())
