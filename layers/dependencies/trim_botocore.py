# ruff: noqa: INP001 -- a script that make runs, in no package
"""Leaves in an installed botocore the services that Sportello calls; run by the Makefile beside it.

botocore lists every service's folder before it makes its first client, and reads the endpoints of
all of them: two thirds of what a client costs.
"""

import json
import shutil
import sys
from pathlib import Path

SERVICES = {
    "apigatewaymanagementapi": "execute-api",
    "dynamodb": "dynamodb",
    "events": "events",
    "lambda": "lambda",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "sesv2": "email",
    "sns": "sns",
    "sqs": "sqs",
    "stepfunctions": "states",
}
"""Names of clients, and the prefixes that their endpoints have."""


def trim(data: Path) -> None:
    """Remove from botocore's data folder what belongs to other services."""
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    endpoints = data / "endpoints.json"
    document = json.loads(endpoints.read_text())
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {
            name: services[name] for name in SERVICES.values() if name in services
        }
    endpoints.write_text(json.dumps(document, separators=(",", ":")))


if __name__ == "__main__":
    trim(Path(sys.argv[1]))
