"""What documented `aws` commands are run with where the AWS CLI is not installed.

    aws SERVICE OPERATION [--option VALUE ...] [--query EXPRESSION] [--output text|json]

Knows booleans, texts and the shorthand of lists and maps; whatever else a page may use fails. The
addresses of API Gateway are told as the emulator has them.
"""

import json
import sys
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import jmespath
from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.session import Session

from local.cloud.deployment import local_url


def main(words: list[str]) -> None:
    service, operation, *rest = words
    client = Session().create_client(service)
    method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    options = dict(_options(rest))
    query = options.pop("--query", ["@"])
    output = options.pop("--output", ["json"])
    arguments = dict(_argument(model, option, values) for option, values in options.items())
    answer = getattr(client, method)(**arguments)
    answer.pop("ResponseMetadata")
    told = jmespath.search(query[0], answer)
    text = (
        _as_text(told, client.meta.endpoint_url)
        if output == ["text"]
        else json.dumps(told, default=str)
    )
    sys.stdout.write(f"{text}\n")


def _options(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    while words:
        option, *rest = words
        values = list(takewhile(lambda word: not word.startswith("--"), rest))
        yield option, values
        words = rest[len(values) :]


def _argument(model: OperationModel, option: str, values: list[str]) -> tuple[str, Any]:
    shape = model.input_shape
    assert shape is not None, f"{model.name} takes nothing"
    members = {f"--{xform_name(name, '-')}": name for name in shape.members}
    name = members[option]
    return name, _value(shape.members[name], values)


def _value(shape: Shape, values: list[str]) -> Any:
    match shape:
        case StructureShape():
            return {name: _value(shape.members[name], [value]) for name, value in _pairs(values)}
        case ListShape():
            return [_value(shape.member, [each]) for each in values]
        case MapShape():
            return dict(_pairs(values))
        case Shape(type_name="boolean"):
            return values in ([], ["true"])
        case Shape(type_name="string"):
            (value,) = values
            return value
    raise ValueError(f"a {shape.type_name} {values}")


def _pairs(shorthand: list[str]) -> Iterator[tuple[str, str]]:
    (text,) = shorthand
    for pair in text.split(","):
        name, _, value = pair.partition("=")
        yield name, value


def _as_text(told: Any, endpoint: str) -> str:
    text = "\t".join(map(str, told)) if isinstance(told, list) else str(told)
    return local_url(text, endpoint) if ".execute-api." in text else text


if __name__ == "__main__":
    main(sys.argv[1:])
