"""The page while somebody works on it: files as they are now, headers as they are deployed."""

import json
from pathlib import Path

import pytest

from local.browsing.desk_headers import desk_headers
from local.cloud.first_day import PREVIEW_PORTS, preview_addresses
from local.cloud.laptop import Stack
from local.desk_preview import Preview, configuration
from local.up import what_to_try
from support.web_packages import install
from web import build

ENDPOINT = "http://127.0.0.1:4566"


@pytest.fixture
def stack() -> Stack:
    return Stack(
        aws_endpoint=ENDPOINT,
        region="eu-south-1",
        stack_name="sportello",
        table="t",
        bus="b",
        webhook_base=f"{ENDPOINT}/hooks",
        agent_api_base=f"{ENDPOINT}/_aws/execute-api/a/v1",
        tokens={},
        secrets={},
        provider_base="http://127.0.0.1:1",
        live_url="ws://127.0.0.1:4566/_aws/execute-api/l/v1",
        desk_url="http://d1.cloudfront.localhost:4566/",
        desk_client="c1",
        people={"anna": {"email": "anna@example.org", "password": "x"}},
    )


@pytest.fixture
def preview(tmp_path: Path, stack: Stack) -> Preview:
    desk = tmp_path / "desk"
    (desk / "style").mkdir(parents=True)
    (desk / "index.html").write_text("<head><!-- modules --></head>")
    (desk / "desk.js").write_text('import { h } from "preact";')
    (desk / "style" / "tokens.css").write_text(":root {}")
    installed = install(tmp_path / "node_modules")
    stack.write(tmp_path / "stack.json")
    return Preview(desk, installed, tmp_path / "stack.json")


def test_the_page_is_put_together_as_it_is_at_this_moment(preview: Preview) -> None:
    before = preview.answer("/")
    assert (before.status, before.type) == (200, "text/html; charset=utf-8")
    (preview.tree / "desk.js").write_text('import "./more.js";')
    (preview.tree / "more.js").write_text("")
    assert b"more.js" in preview.answer("/").body
    assert preview.answer("/index.html").body != before.body


def test_a_file_is_served_as_it_is_now_under_whatever_version_it_is_asked_for(
    preview: Preview,
) -> None:
    (preview.tree / "desk.js").write_text("export const now = 1;")
    served = preview.answer("/v/0123456789abcdef/desk.js")
    assert (served.status, served.body) == (200, b"export const now = 1;")
    assert preview.answer("/v/0/style/desk.css").type == "text/css; charset=utf-8"
    locked = build.locked_versions(Path("web").resolve())
    key = build.key_of(build.VENDORED[0], locked)
    assert preview.answer(f"/{key}").body == b"// of somebody else\n"


@pytest.mark.parametrize(
    "path", ["/v/0/none.js", "/vendor/none.js", "/none", "/v/0/../../stack.json", "/v"]
)
def test_nothing_else_is_served(preview: Preview, path: str) -> None:
    assert preview.answer(path).status == 404


def test_a_mistake_is_said_in_the_browser(preview: Preview) -> None:
    (preview.tree / "desk.js").write_text('import "./missing.js";')
    served = preview.answer("/")
    assert served.status == 500
    assert b"missing.js is imported, and is not there" in served.body


def test_the_page_is_told_of_the_stack_that_is_up(preview: Preview, stack: Stack) -> None:
    assert json.loads(preview.answer("/config.json").body) == configuration(stack)


def test_the_headers_are_those_of_the_template_with_the_laptops_addresses(
    preview: Preview,
) -> None:
    headers = preview.headers()
    policy = headers["Content-Security-Policy"]
    assert f"connect-src 'self' {ENDPOINT} {ENDPOINT} ws://127.0.0.1:4566 {ENDPOINT};" in policy
    assert "${" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers == desk_headers(ENDPOINT)


def test_people_come_back_to_every_port_of_a_preview() -> None:
    assert preview_addresses()[0] == "http://localhost:8701/"
    assert len(preview_addresses()) == len(PREVIEW_PORTS) == 12


def test_whoever_brings_it_up_is_told_first_where_to_work_and_as_whom(stack: Stack) -> None:
    told = what_to_try(stack)
    assert told.index(stack.desk_url) < told.index("anna@example.org") < told.index("local.write")
    assert "curl" in told
    assert max(map(len, told.splitlines())) <= 120
