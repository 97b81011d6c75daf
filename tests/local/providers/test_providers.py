"""The stand-ins over a real loopback socket, called as the adapters call the providers."""

import hashlib
import io
import json
from typing import Any

import pytest
import urllib3

from local.cloud.web import Answer, call, call_json
from local.providers.providers import Providers
from sportello.media.inspection import inspect
from sportello.messaging.outbound_http import FormFile, post_form

# The stand-ins are a server; these tests are its clients.
pytestmark = pytest.mark.enable_socket

BEARER = {"Authorization": "Bearer access"}
WHATSAPP_PATH = "/whatsapp/v25.0/200300400500601/messages"
TELEGRAM_PATH = "/telegram/bot7000000001:token"


def whatsapp(providers: Providers, to: str = "393330000101") -> Answer:
    document = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "Sì"}}
    return call_json("POST", providers.url + WHATSAPP_PATH, document, BEARER)


def recorded(providers: Providers) -> Any:
    return call("GET", f"{providers.url}/_calls").document()


def test_whatsapp_gives_each_message_its_own_id(providers: Providers) -> None:
    first, second = (whatsapp(providers).expect(200).document() for _ in range(2))
    assert first["messages"][0]["id"].startswith("wamid.")
    assert first["messages"] != second["messages"]
    assert first["contacts"] == [{"input": "393330000101", "wa_id": "393330000101"}]


def test_whatsapp_refuses_a_call_without_a_token(providers: Providers) -> None:
    answer = call_json("POST", providers.url + WHATSAPP_PATH, {"to": "393330000101"})
    assert (answer.status, answer.document()["error"]["code"]) == (401, 190)


def test_telegram_answers_with_the_message_it_sent(providers: Providers) -> None:
    answer = call_json(
        "POST", f"{providers.url}{TELEGRAM_PATH}/sendMessage", {"chat_id": 5, "text": "Sì"}
    )
    result = answer.expect(200).document()["result"]
    assert (result["chat"]["id"], result["text"]) == (5, "Sì")
    assert isinstance(result["message_id"], int)


PHOTO = FormFile(field="photo", name="città.png", mime_type="image/png", content=b"\x89PNG\r\n\0")


def test_a_file_is_remembered_by_what_tells_it(providers: Providers) -> None:
    url = f"{providers.url}{TELEGRAM_PATH}/sendPhoto"
    answer = post_form(url, {"chat_id": "5", "caption": "Ecco: sì."}, PHOTO)
    assert answer.document()["result"]["chat"]["id"] == 5
    [call_of_it] = recorded(providers)
    assert json.loads(call_of_it["body"]) == {
        "chat_id": "5",
        "caption": "Ecco: sì.",
        "photo": {
            "name": "città.png",
            "type": "image/png",
            "size": len(PHOTO.content),
            "sha256": hashlib.sha256(PHOTO.content).hexdigest(),
        },
    }


def test_whatsapp_takes_a_file_by_an_id_of_its_own(providers: Providers) -> None:
    url = providers.url + WHATSAPP_PATH.replace("messages", "media")
    fields = {"messaging_product": "whatsapp", "type": "image/png"}
    ids = {post_form(url, fields, PHOTO, BEARER).document()["id"] for _ in range(2)}
    assert len(ids) == 2
    assert post_form(url, fields, PHOTO).status == 401


def test_telegram_acknowledges_a_button(providers: Providers) -> None:
    url = f"{providers.url}{TELEGRAM_PATH}/answerCallbackQuery"
    assert call_json("POST", url, {"callback_query_id": "1"}).document() == {
        "ok": True,
        "result": True,
    }


def test_telegram_knows_no_other_method(providers: Providers) -> None:
    answer = call_json("POST", f"{providers.url}{TELEGRAM_PATH}/launch", {})
    assert (answer.status, answer.document()["ok"]) == (404, False)


def test_an_agent_endpoint_takes_anything(providers: Providers) -> None:
    assert call("POST", f"{providers.url}/agents/front-desk", b"ring").status == 204


def slack(providers: Providers, method: str, **fields: Any) -> Any:
    url = f"{providers.url}/slack/api/{method}"
    return call_json("POST", url, fields, BEARER).expect(200).document()


def test_slack_says_where_a_message_stands(providers: Providers) -> None:
    posted = slack(providers, "chat.postMessage", channel="C024BE91L", text="Ring")
    assert (posted["ok"], posted["channel"]) == (True, "C024BE91L")
    assert [record["message_id"] for record in recorded(providers)] == [posted["ts"]]
    updated = slack(providers, "chat.update", channel="C024BE91L", ts=posted["ts"], text="Over")
    assert (updated["ok"], updated["ts"]) == (True, posted["ts"])


def test_slack_writes_to_a_person_in_a_channel_of_theirs(providers: Providers) -> None:
    assert slack(providers, "chat.postMessage", channel="U024BE7LH")["channel"] == "D024BE7LH"


def test_slack_says_no_with_200(providers: Providers) -> None:
    assert slack(providers, "chat.launch") == {"ok": False, "error": "unknown_method"}
    url = f"{providers.url}/slack/api/chat.postMessage"
    answer = call_json("POST", url, {"channel": "C024BE91L"}).expect(200)
    assert answer.document() == {"ok": False, "error": "not_authed"}


def test_slack_is_told_what_whoever_pressed_shall_read(providers: Providers) -> None:
    url = f"{providers.url}/slack/actions/1"
    told = {"response_type": "ephemeral", "replace_original": False, "text": "Over"}
    assert call_json("POST", url, told).expect(200).document() == {"ok": True}


def test_a_workflow_of_teams_takes_a_card_for_later(providers: Providers) -> None:
    assert call("POST", f"{providers.url}/teams/sales", b"{}").status == 202


def test_an_unknown_path_is_not_found_and_not_recorded(providers: Providers) -> None:
    assert call("POST", f"{providers.url}/signal/send", b"{}").status == 404
    assert recorded(providers) == []


def test_a_call_is_recorded_as_received(providers: Providers) -> None:
    body = '{"text": "così, \\u00e8 📦"}'.encode()
    call("POST", f"{providers.url}/agents/front-desk", body, {"Webhook-Id": "msg_1"})
    (record,) = recorded(providers)
    assert record["body"].encode() == body
    assert record["headers"]["Webhook-Id"] == "msg_1"
    assert {key: record[key] for key in ("channel", "method", "path", "fault")} == {
        "channel": "agents",
        "method": "POST",
        "path": "/agents/front-desk",
        "fault": None,
    }
    assert record["at"].endswith("+00:00")


def test_calls_can_be_forgotten(providers: Providers) -> None:
    whatsapp(providers)
    assert call("DELETE", f"{providers.url}/_calls").status == 204
    assert recorded(providers) == []


def test_a_status_fault_fails_that_many_calls_of_that_channel(providers: Providers) -> None:
    fault = {"channel": "whatsapp", "status": 503, "times": 2}
    call_json("POST", f"{providers.url}/_faults", fault).expect(204)
    assert call("POST", f"{providers.url}/agents/front-desk", b"").status == 204
    assert [whatsapp(providers).status for _ in range(3)] == [503, 503, 200]
    assert [record["fault"] for record in recorded(providers)] == [
        None,
        "status_503",
        "status_503",
        None,
    ]


def test_a_status_fault_may_carry_the_providers_own_error(providers: Providers) -> None:
    error = {"error": {"code": 131047, "message": "Re-engagement message"}}
    fault = {"channel": "whatsapp", "status": 400, "body": error}
    call_json("POST", f"{providers.url}/_faults", fault).expect(204)
    assert whatsapp(providers).document() == error


def test_a_hang_up_takes_the_message_and_drops_the_line(providers: Providers) -> None:
    fault = {"channel": "whatsapp", "fault": "hang_up", "times": 1}
    call_json("POST", f"{providers.url}/_faults", fault).expect(204)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        whatsapp(providers)
    (record,) = recorded(providers)
    assert (record["fault"], json.loads(record["body"])["to"]) == ("hang_up", "393330000101")


def test_a_timeout_never_answers(providers: Providers) -> None:
    fault = {"channel": "agents", "mode": "timeout"}
    call_json("POST", f"{providers.url}/_faults", fault).expect(204)
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        call("POST", f"{providers.url}/agents/front-desk", b"", timeout=0.2)
    assert [record["fault"] for record in recorded(providers)] == ["timeout"]


def test_faults_can_be_taken_back(providers: Providers) -> None:
    call_json("POST", f"{providers.url}/_faults", {"channel": "whatsapp", "status": 500})
    assert call("DELETE", f"{providers.url}/_faults").status == 204
    assert whatsapp(providers).status == 200


def test_a_fault_that_cannot_be_is_refused_with_the_reason(providers: Providers) -> None:
    answer = call_json("POST", f"{providers.url}/_faults", {"channel": "fax", "status": 500})
    assert answer.status == 400
    assert "whatsapp, telegram, agents" in answer.document()["error"]


# --- files ------------------------------------------------------------------------------------


def test_telegram_tells_where_a_file_is_and_hands_it_out(providers: Providers) -> None:
    providers.files.offer("photo-1", b"a picture", "image/jpeg")
    where = call_json("POST", f"{providers.url}{TELEGRAM_PATH}/getFile", {"file_id": "photo-1"})
    path = where.expect(200).document()["result"]["file_path"]
    file = call("GET", f"{providers.url}/telegram/file/bot7000000001:token/{path}")
    assert file.expect(200).body == b"a picture"


def test_whatsapp_tells_where_a_file_is_to_who_has_a_token(providers: Providers) -> None:
    providers.files.offer("900", b"a picture", "image/jpeg")
    url = f"{providers.url}/whatsapp/v25.0/900?phone_number_id=200300400500601"
    assert call("GET", url).status == 401
    media = call("GET", url, headers=BEARER).expect(200).document()
    assert (media["mime_type"], media["file_size"]) == ("image/jpeg", 9)
    assert call("GET", media["url"]).expect(200).body == b"a picture"


def test_of_any_name_there_is_a_sample(providers: Providers) -> None:
    samples = {
        "EXAMPLE-photo-1280": "image/png",
        "EXAMPLE-voice": "audio/ogg",
        "a-document": "application/pdf",
    }
    for name, mime_type in samples.items():
        file = providers.files.get(name)
        assert file
        kind = mime_type.partition("/")[0].replace("application", "document")
        findings = inspect(io.BytesIO(file.content), kind)
        assert findings.mime_type == file.mime_type == mime_type


def test_a_file_that_is_gone_is_gone_in_each_providers_words(providers: Providers) -> None:
    providers.files.gone.add("900")
    url = f"{providers.url}/whatsapp/v25.0/900"
    assert call("GET", url, headers=BEARER).document()["error"]["error_subcode"] == 33
    where = call_json("POST", f"{providers.url}{TELEGRAM_PATH}/getFile", {"file_id": "900"})
    assert where.status == 400
    assert call("GET", f"{providers.url}/whatsapp/files/900").status == 404


def test_a_fault_of_files_is_none_of_messages(providers: Providers) -> None:
    fault = {"channel": "files", "status": 503, "times": 1}
    call_json("POST", f"{providers.url}/_faults", fault).expect(204)
    whatsapp(providers).expect(200)
    url = f"{providers.url}/whatsapp/v25.0/900"
    assert call("GET", url, headers=BEARER).status == 503
    assert call("GET", url, headers=BEARER).status == 200
