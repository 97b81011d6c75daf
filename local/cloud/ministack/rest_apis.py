"""REST APIs as SAM describes them, and calls of theirs as they were sent.

MiniStack leaves three things out of an API's description, the method that stands for every method,
what a method without a backend answers, and the gateway's own answers; and it decodes a path before
it hands it on, encoded slashes included.
"""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

from collections.abc import Mapping
from importlib import import_module
from typing import Any

# Imported by name: the package lives in the emulator's virtual environment only.
app: Any = import_module("ministack.app")
rest_apis: Any = import_module("ministack.services.apigateway_v1")

ANY_METHOD = "x-amazon-apigateway-any-method"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"


def install() -> None:
    import_any_method()
    import_answers_without_a_backend()
    import_gateway_responses()
    hand_on_paths_as_sent()


def import_any_method() -> None:
    rest_apis._OPENAPI_HTTP_METHODS.add(ANY_METHOD)
    import_operation = rest_apis._import_operation

    def import_operation_of_any(
        api_id: str, resource_id: str, method: str, *operation: Any
    ) -> None:
        name = "ANY" if method.lower() == ANY_METHOD else method
        import_operation(api_id, resource_id, name, *operation)

    rest_apis._import_operation = import_operation_of_any


def import_answers_without_a_backend() -> None:
    """A browser's question before its call (OPTIONS) is such a method."""
    import_operation = rest_apis._import_operation

    def import_operation_with_answers(
        api_id: str, resource_id: str, method: str, operation: Any, *others: Any
    ) -> None:
        import_operation(api_id, resource_id, method, operation, *others)
        described = (operation or {}).get("x-amazon-apigateway-integration") or {}
        if str(described.get("type")).upper() != "MOCK":
            return
        made = rest_apis._resources[api_id][resource_id]["resourceMethods"][method]
        made["methodIntegration"]["requestTemplates"] = described.get("requestTemplates") or {}
        made["methodIntegration"]["integrationResponses"] = {
            answer["statusCode"]: answer | {"selectionPattern": "" if name == "default" else name}
            for name, answer in (described.get("responses") or {}).items()
        }

    rest_apis._import_operation = import_operation_with_answers


def import_gateway_responses() -> None:
    import_rest_api = rest_apis._import_rest_api

    def import_with_responses(spec: Mapping[str, Any], *others: Any) -> str:
        api_id: str = import_rest_api(spec, *others)
        for kind, response in spec.get(GATEWAY_RESPONSES, {}).items():
            rest_apis._put_gateway_response(api_id, kind, response)
        return api_id

    rest_apis._import_rest_api = import_with_responses


def hand_on_paths_as_sent() -> None:
    handle = app._handle_execute_api_request

    async def handle_as_sent(
        host: str, path: str, *request: Any, raw_path: str | None = None, **others: Any
    ) -> Any:
        call = app._parse_execute_api_url(host, path)
        as_sent = raw_path if call and rest_apis.find_api_scope(call[0]) else None
        return await handle(host, as_sent or path, *request, raw_path=raw_path, **others)

    app._handle_execute_api_request = handle_as_sent
