"""One resource of API Gateway for all routes of the agent API: who gets through, and to what."""

import pytest

from support.clouds.driven_desk import DrivenDesk

pytestmark = pytest.mark.system

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SETTINGS, UNKNOWN = "/settings/bot", "/customers/1"


def test_a_signed_in_agent_reads(desk: DrivenDesk) -> None:
    assert desk.ask("GET", SETTINGS).expect(200).document()["kind"] == "bot"
    assert desk.ask("GET", "/queues/default/waiting").expect(200).document()["queue"] == "default"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", [SETTINGS, UNKNOWN, "/reports/service-level"])
def test_nobody_gets_past_the_authorizer(desk: DrivenDesk, method: str, path: str) -> None:
    nobody = desk.ask(method, path, role="")
    assert nobody.status == 401
    assert nobody.headers["content-type"] == "application/problem+json"
    forged = {"Authorization": f"{desk.stack.tokens['agent'][:-8]}AAAAAAAA"}
    assert desk.ask(method, path, role="", headers=forged).status == 401


@pytest.mark.parametrize(
    "path",
    [
        UNKNOWN,
        "/setting",
        "/settings/bot/",
        "/settings//bot",
        "/settings%2Fbot",
        "/settings/%ff",
        f"/settings/{'b' * 3_000}",
    ],
    ids=lambda path: path[:20],
)
def test_an_unknown_path_is_answered_by_the_function(desk: DrivenDesk, path: str) -> None:
    answer = desk.ask("GET", path).expect(404)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.document()
    assert problem["type"] == "/problems/unknown-path"
    assert problem["instance"].startswith("urn:uuid:")


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_another_method_is_refused_with_those_there_are(desk: DrivenDesk, method: str) -> None:
    answer = desk.ask(method, SETTINGS).expect(405)
    assert answer.headers["allow"] == "GET, PUT"
    assert answer.document()["type"] == "/problems/method-not-allowed"


def test_an_encoded_slash_is_part_of_a_name(desk: DrivenDesk) -> None:
    problem = desk.ask("GET", "/queues/front%2Fdesk/waiting").expect(404).document()
    assert problem["type"] == "/problems/unknown-queue"


def test_the_base_alone_is_answered_by_the_gateway(desk: DrivenDesk) -> None:
    for role in ("", "agent"):
        answer = desk.ask("GET", "/", role=role).expect(404)
        assert answer.document() == {"type": "about:blank", "title": "Not Found", "status": 404}


def test_the_function_has_one_permission_for_all_routes(desk: DrivenDesk) -> None:
    described = desk.laptop.client("cloudformation").describe_stack_resources(
        StackName=desk.stack.stack_name
    )
    permissions = [
        resource["LogicalResourceId"]
        for resource in described["StackResources"]
        if resource["ResourceType"] == "AWS::Lambda::Permission"
    ]
    assert [name for name in permissions if name.startswith("AgentApiFunction")] == [
        "AgentApiFunctionAnyCallPermissionv1"
    ]
