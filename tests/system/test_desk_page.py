"""The page that people work in, as it is deployed: its files, its headers, what it may call."""

import re
from typing import Any

import pytest

from local.browsing.desk_headers import desk_headers
from local.cloud.web import Answer, call
from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.system

FOREVER = "public, max-age=31536000, immutable"


def fetch(desk: DrivenDesk, path: str) -> Answer:
    # The emulator tells distributions by their names, which every name server here knows or not.
    host = desk.stack.desk_url.removeprefix("http://").rstrip("/")
    return call("GET", f"{desk.stack.aws_endpoint}/{path}", headers={"Host": host})


def test_the_page_comes_with_the_headers_that_the_template_has(desk: DrivenDesk) -> None:
    answer = fetch(desk, "").expect(200)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    for name, value in desk_headers(desk.stack.aws_endpoint).items():
        assert answer.headers[name] == value, name
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_every_file_that_the_page_names_is_there_and_is_kept_for_good(desk: DrivenDesk) -> None:
    page = fetch(desk, "").expect(200).body.decode()
    named = re.findall(r'(?:href|src)="/((?:v|vendor)/[^"]+)"', page)
    assert any(name.endswith("/desk.js") for name in named)
    assert any(name.startswith("vendor/preact-") for name in named)
    for name in named:
        answer = fetch(desk, name).expect(200)
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8", name
        assert answer.headers["cache-control"] == FOREVER, name
        assert answer.headers["x-content-type-options"] == "nosniff", name


def test_the_page_is_told_where_it_is_deployed(desk: DrivenDesk) -> None:
    told = fetch(desk, "config.json").expect(200).document()
    assert told == {
        "api": desk.stack.agent_api_base,
        "live": desk.stack.live_url,
        "sign_in": desk.stack.aws_endpoint,
        "client_id": desk.stack.desk_client,
    }


@pytest.mark.parametrize("path", ["nothing", "v/0000000000000000/desk.js", "v/", "index.htm"])
def test_what_is_not_there_is_not_the_page(desk: DrivenDesk, path: str) -> None:
    # S3 says 404 to whoever may list a bucket; the emulator says 403 to everybody.
    answer = fetch(desk, path).expect(403, 404)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_nobody_reads_the_bucket_but_through_the_distribution(desk: DrivenDesk) -> None:
    bucket = desk.resource("DeskBucket")
    assert call("GET", f"{desk.stack.aws_endpoint}/{bucket}/index.html").status == 403


# What a page may ask of the agent API


def test_a_page_of_any_origin_is_told_what_it_may_send(desk: DrivenDesk) -> None:
    asked = {
        "Origin": "https://desk.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type,if-match",
    }
    answer = call("OPTIONS", f"{desk.stack.agent_api_base}/settings/bot", headers=asked).expect(200)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PUT" in answer.headers["access-control-allow-methods"].split(",")
    allowed = answer.headers["access-control-allow-headers"].lower().split(",")
    assert {"authorization", "content-type", "if-match", "idempotency-key"} <= set(allowed)
    assert answer.headers["access-control-max-age"] == "7200"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "forged"}])
def test_a_page_reads_that_it_is_not_signed_in(desk: DrivenDesk, headers: dict[str, Any]) -> None:
    answer = call("GET", f"{desk.stack.agent_api_base}/me", headers=headers).expect(401)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_reads_what_it_is_answered(desk: DrivenDesk) -> None:
    token = {"Authorization": desk.stack.tokens["supervisor"]}
    for path, status in (("settings/bot", 200), ("settings/none", 404)):
        answer = call("GET", f"{desk.stack.agent_api_base}/{path}", headers=token).expect(status)
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"]
        assert {"ETag", "Retry-After"} <= set(exposed.split(", "))
