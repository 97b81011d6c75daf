"""What every channel that brings files in makes of its provider's answer to where one is."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.provider_api import Get, Post
from channels.telegram.fetch import TelegramFiles
from channels.telegram.secret import BotToken
from channels.whatsapp.fetch import WhatsAppFiles
from channels.whatsapp.secret import AccessToken
from sportello.errors import ConfigurationRefused, ForbiddenUrl, ProviderUnavailable
from sportello.messaging.fetching_channel import (
    FetchingAdapter,
    FileAddress,
    FileGone,
    FileTooLarge,
)
from sportello.messaging.items import Content, Media, Parsed
from sportello.messaging.outbound_http import NoAnswer, Reply
from support.template import ROOT, channels_on_disk
from support.webhooks import (
    PROVIDERS,
    TELEGRAM_SECRET,
    WHATSAPP_SECRET,
    cases,
    recorded,
    signed,
)

MEDIA = Media(kind="image", provider_media_id="EXAMPLE/photo 1")


class Asking(NamedTuple):
    """`make` makes the adapter upon an answer, `there` is the answer that tells where a file is."""

    make: Callable[[Callable[..., Reply]], FetchingAdapter]
    there: Mapping[str, Any]
    url: str


def a_telegram(answer: Post) -> FetchingAdapter:
    secret = BotToken.model_validate(TELEGRAM_SECRET)
    return TelegramFiles(lambda: secret, lambda: "https://telegram.example", answer)


def a_whatsapp(answer: Get) -> FetchingAdapter:
    secret = AccessToken.model_validate(WHATSAPP_SECRET)
    return WhatsAppFiles(lambda: secret, lambda: "https://graph.example/v25.0", answer)


TOKEN = TELEGRAM_SECRET["bot_token"]

CHANNELS: Mapping[str, Asking] = {
    "telegram": Asking(
        a_telegram,
        {"ok": True, "result": {"file_id": "x", "file_path": "photos/file 1.jpg"}},
        f"https://telegram.example/file/bot{TOKEN}/photos/file%201.jpg",
    ),
    "whatsapp": Asking(
        a_whatsapp,
        {"url": "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", "id": "1"},
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
    ),
}
every_channel = pytest.mark.parametrize("channel", sorted(CHANNELS))


def reply(status: int, document: Any = None, **headers: str) -> Reply:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status=status, headers=headers, body=body)


def ask(channel: str, answer: Reply | Exception, account_id: str = "") -> FileAddress:
    def answering(*_request: Any) -> Reply:
        if isinstance(answer, Exception):
            raise answer
        return answer

    adapter = CHANNELS[channel].make(answering)
    return adapter.fetch_media(MEDIA, account_id or PROVIDERS[channel].account_id)


def test_every_channel_whose_payloads_hold_files_fetches_them() -> None:
    """One that records files and never brings them shows people nothing but that there are some."""
    bringing = {
        channel
        for channel in channels_on_disk()
        for case in cases(channel)
        for result in PROVIDERS[channel].inbound().parse(signed(channel, recorded(channel, case)))
        if isinstance(result, Parsed) and isinstance(result.item, Content) and result.item.media
    }
    fetching = {f.parent.name for f in (ROOT / "functions/channels").glob("*/fetch.py")}
    assert bringing == fetching == set(CHANNELS)


@every_channel
def test_a_file_is_where_the_provider_says(channel: str) -> None:
    address = ask(channel, reply(200, CHANNELS[channel].there))
    assert address.url == CHANNELS[channel].url
    assert CHANNELS[channel].make(lambda *_: reply(200)).name == channel


@every_channel
@pytest.mark.parametrize(
    "answer",
    [
        reply(500, b"<html>"),
        reply(502, {}),
        reply(503, {}),
        reply(429, {}),
        reply(200, {}),
        reply(200, b"no JSON"),
        ProviderUnavailable("no connection"),
    ],
)
def test_what_may_be_told_later_is_asked_again(channel: str, answer: Reply | Exception) -> None:
    with pytest.raises(ProviderUnavailable):
        ask(channel, answer)


@every_channel
def test_nothing_secret_is_in_what_an_error_says(channel: str) -> None:
    for status in (400, 401, 403, 404, 500):
        with pytest.raises(Exception, match=r"\w") as failed:
            ask(channel, reply(status, {}))
        for secret in (TOKEN, WHATSAPP_SECRET["access_token"], MEDIA.provider_media_id):
            assert secret not in str(failed.value)


@every_channel
@settings(max_examples=30)
@given(
    status=st.sampled_from([200, 301, 400, 401, 403, 404, 410, 418, 429, 500, 503]),
    document=st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["ok", "result", "url", "error", "code", "file_path", "error_code"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    ),
)
def test_whatever_a_provider_answers_is_one_of_few_ends(
    channel: str, status: int, document: Any
) -> None:
    ends = (FileGone, FileTooLarge, ForbiddenUrl, ProviderUnavailable, ConfigurationRefused)
    try:
        address = ask(channel, reply(status, document))
    except ends:
        return
    assert address.url


@pytest.mark.parametrize(
    ("channel", "status", "document", "error"),
    [
        ("telegram", 400, "Bad Request: file is too big", FileTooLarge),
        ("telegram", 400, "Bad Request: wrong file_id or the file is temporarily unavailable", 0),
        ("telegram", 400, "Bad Request: invalid file_id", FileGone),
        ("telegram", 401, "Unauthorized", ConfigurationRefused),
        ("telegram", 404, "Not Found", ConfigurationRefused),
        ("whatsapp", 400, {"code": 100, "error_subcode": 33}, FileGone),
        ("whatsapp", 400, {"code": 131052}, FileGone),
        ("whatsapp", 401, {"code": 190}, ConfigurationRefused),
        ("whatsapp", 400, {"code": 80007}, 0),
        ("whatsapp", 404, None, FileGone),
        ("whatsapp", 410, None, FileGone),
        ("whatsapp", 302, None, ConfigurationRefused),
        ("telegram", 302, None, ConfigurationRefused),
    ],
)
def test_a_refusal_means_what_the_provider_documents(
    channel: str, status: int, document: Any, error: Any
) -> None:
    if isinstance(document, str):
        document = {"ok": False, "error_code": status, "description": document}
    elif document:
        document = {"error": document}
    with pytest.raises(error or ProviderUnavailable):
        ask(channel, reply(status, document))


def test_a_wish_of_telegrams_to_wait_is_passed_on() -> None:
    answer = {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": 31},
    }
    with pytest.raises(ProviderUnavailable) as busy:
        ask("telegram", reply(429, answer))
    assert busy.value.retry_after_seconds == 31


def test_telegram_is_asked_again_where_it_gave_no_answer() -> None:
    with pytest.raises(ProviderUnavailable):
        ask("telegram", NoAnswer("cut off"))


def test_another_bots_files_are_not_asked_for() -> None:
    with pytest.raises(ConfigurationRefused, match="account"):
        ask("telegram", reply(200, CHANNELS["telegram"].there), account_id="999")


def test_a_path_of_telegrams_leads_nowhere_else() -> None:
    with pytest.raises(FileGone):
        ask("telegram", reply(200, {"ok": True, "result": {"file_path": "../../etc/passwd"}}))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/file",
        "https://fbsbx.com.evil.example/file",
        "https://evilfbsbx.com/file",
        "https://evil.example\\.fbsbx.com/file",
        "https://evil.example\\@lookaside.fbsbx.com/file",
        "https://[.fbsbx.com/file",
        "",
    ],
)
def test_metas_token_goes_to_no_server_but_metas(url: str) -> None:
    with pytest.raises(ForbiddenUrl):
        ask("whatsapp", reply(200, {"url": url}))


def test_metas_token_goes_along_with_the_file() -> None:
    address = ask("whatsapp", reply(200, CHANNELS["whatsapp"].there))
    assert address.headers["authorization"] == f"Bearer {WHATSAPP_SECRET['access_token']}"


@every_channel
def test_a_gateway_s_wish_to_wait_is_passed_on(channel: str) -> None:
    with pytest.raises(ProviderUnavailable) as broken:
        ask(channel, reply(502, None, **{"retry-after": "31"}))
    assert broken.value.retry_after_seconds == 31
