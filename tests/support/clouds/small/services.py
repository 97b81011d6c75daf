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


class SmallSecrets:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "GetSecretValue":
            raise NotSpoken(f"Secrets Manager {operation}")
        return {"SecretString": self._values[request["SecretId"]]}
