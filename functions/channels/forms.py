"""Answers to a form, which providers give as a JSON document of the form's own making."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from channels.reading import decode_object
from sportello.errors import MalformedPayload
from sportello.messaging.attachments import MAX_LINES, Form, FormAnswer

_DEEPEST = 3
_NOT_ANSWERS = {"flow_token"}
_LONGEST_DOCUMENT = 65_536


def read_form(name: str, body: str, document: Any) -> Form:
    """Return a form with its answers; a document that is none is kept as it came."""
    answers, unread = document, ""
    if isinstance(document, str):
        try:
            answers = decode_object(document[:_LONGEST_DOCUMENT].encode())
        except MalformedPayload:
            unread = document
    if not isinstance(answers, dict):
        return Form(kind="form", name=name, body=body, unread=unread)
    lines = (
        FormAnswer(field=field, value=value)
        for field, value in _answers(answers, _DEEPEST)
        if field not in _NOT_ANSWERS
    )
    return Form(kind="form", name=name, body=body, answers=tuple(islice(lines, MAX_LINES)))


def _answers(document: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    """Yield each answer with its way through nested groups; what lies too deep stays JSON."""
    for field, value in document.items():
        if isinstance(value, dict) and depth:
            for inner, answer in _answers(value, depth - 1):
                yield f"{field}.{inner}", answer
        elif value is not None:
            yield field, _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(map(_in_words, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
