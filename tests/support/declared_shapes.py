"""What a view of the agent API reads of a request, found in its code and in that of whom it calls.

`read_body(request, NewReply)` reads a body of that shape, in the view or in a function of
`agent_api` that it calls by name. What a route declares is held against it.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any, cast

from agent_api.calls import preconditions, request_parts
from agent_api.calls.route_declaration import Body, Shapes
from sportello.settings_document import SettingsDocument

_READERS = {request_parts.__name__, preconditions.__name__, "agent_api.calls.route_declaration"}
"""Modules that are not looked into: what they do is known by the names of their functions."""


def shapes_read(view: Callable[..., Any]) -> Shapes:
    """Return the part of a route's shapes that its code tells: all but the answers."""
    shapes = Shapes()
    for call, names in _calls(view, set()):
        match _name(call.func):
            case "read_query":
                shapes = shapes._replace(query=_shape(call, names))
            case "read_body":
                shapes = shapes._replace(body=_body(call, names))
            case "read_bytes":
                shapes = shapes._replace(body=ast.literal_eval(call.args[1]))
            case "read_idempotency_key":
                shapes = shapes._replace(keyed=True)
            case "matches" | "is_excluded" | "names_a_version":
                shapes = shapes._replace(versioned=True)
    return shapes


def problems_raised(view: Callable[..., Any]) -> set[str]:
    """Return the kinds of problems that a view, or whom it calls, raises by name."""
    kinds: set[str] = set()
    for call, names in _calls(view, set()):
        if _name(call.func) == "Problem" and len(call.args) > 1:
            match call.args[1]:
                case ast.Constant(value=str(kind)):
                    kinds.add(kind)
                case ast.Name(id=name):
                    kinds.add(names[name])
    return kinds


def in_words(shapes: Shapes) -> str:
    """Write shapes as the words of a declaration."""
    words = {
        "query": shapes.query.__name__ if shapes.query else "",
        "body": _body_in_words(shapes.body),
        "keyed": "True" if shapes.keyed else "",
        "versioned": "True" if shapes.versioned else "",
    }
    return ", ".join(f"{name}={word}" for name, word in words.items() if word)


def _body_in_words(body: Body) -> str:
    if body is None:
        return ""
    if isinstance(body, str):
        return f'"{body}"'
    return body.__name__ if isinstance(body, type) else str(body)


def _calls(
    function: Callable[..., Any], met: set[object]
) -> Iterator[tuple[ast.Call, dict[str, Any]]]:
    """Yield every call that a function makes, and those of our functions that it names."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType) or function in met:
        return
    met.add(function)
    names = function.__globals__
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call):
            yield node, names
        if isinstance(node, ast.Name | ast.Attribute):
            named = _named(node, names)
            if _is_looked_into(named):
                yield from _calls(named, met)


def _is_looked_into(named: object) -> bool:
    module = getattr(named, "__module__", "") or ""
    return isinstance(named, FunctionType) and (
        module.startswith("agent_api.") and module not in _READERS
    )


def _named(node: ast.expr, names: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            module = names.get(name)
            return getattr(module, attribute, None) if isinstance(module, ModuleType) else None
    return None


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _shape(call: ast.Call, names: dict[str, Any]) -> Any:
    # A name of the function's own is the shape of a kind of settings.
    return _named(call.args[1], names) or SettingsDocument


def _body(call: ast.Call, names: dict[str, Any]) -> Body:
    shape: Any = _shape(call, names)
    if any(keyword.arg == "default" for keyword in call.keywords):
        shape = shape | None
    return cast("Body", shape)
