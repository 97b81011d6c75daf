"""The bus and the secrets: the one remembers what it was given, the others say what they hold."""

import json
from collections.abc import Mapping
from typing import Any

from support.clouds.small.expressions import NotSpoken


class SmallBus:
    def __init__(self) -> None:
        self.entries: list[tuple[str, dict[str, Any]]] = []
        """Detail type and detail, in the order they came."""

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "PutEvents":
            raise NotSpoken(f"EventBridge {operation}")
        for entry in request["Entries"]:
            self.entries.append((entry["DetailType"], json.loads(entry["Detail"])))
        return {"FailedEntryCount": 0, "Entries": [{} for _ in request["Entries"]]}


class SmallBucket:
    """Objects by key; what is asked of them besides is answered by moto, in tests of their own."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "PutObject":
                self.objects[request["Key"]] = request["Body"].read()
                return {}
            case "HeadObject":
                return {"ContentLength": len(self.objects[request["Key"]])}
            case _:
                raise NotSpoken(f"S3 {operation}")


class SmallSecrets:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "GetSecretValue":
            raise NotSpoken(f"Secrets Manager {operation}")
        return {"SecretString": self._values[request["SecretId"]]}
