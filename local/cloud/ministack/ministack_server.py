"""Runs MiniStack with the places put right where it differs from AWS and Sportello would notice.

Runs under the emulator's own interpreter, so it imports nothing of Sportello's and nothing from
the development environment. Each correction leans on private names of the pinned version.
"""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

import hashlib
import io
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

from local.cloud.ministack import (
    function_errors,
    mails,
    queue_changes,
    queue_permissions,
    rest_apis,
    sign_in,
    state_machines,
    stream_source,
)

# Imported by name: the package lives in the emulator's virtual environment only.
app: Any = import_module("ministack.app")
dynamodb: Any = import_module("ministack.services.dynamodb")
lambda_runtime: Any = import_module("ministack.core.lambda_runtime")
lambda_service: Any = import_module("ministack.services.lambda_svc")
permissions: Any = import_module("ministack.core.iam_evaluator")
provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
secrets: Any = import_module("ministack.services.secretsmanager")


PROCESSES_A_FUNCTION = int(os.environ["PROCESSES_A_FUNCTION"])
RUNNING_AT_ONCE = int(os.environ["RUNNING_AT_ONCE"])
PATIENCE_SECONDS = 0.3
STREAM_SHARDS = int(os.environ["STREAM_SHARDS"])


def refer_to_secrets_by_arn() -> None:
    """`!Ref` of a secret is its ARN, which policies need; MiniStack gives the name."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, delete = handlers["create"], handlers["delete"]

    def create_by_arn(logical_id: str, properties: Any, stack_name: str) -> Any:
        _, attributes = create(logical_id, properties, stack_name)
        return attributes["Id"], attributes

    def delete_by_arn(arn: str, properties: Any) -> None:
        for name, secret in list(secrets._secrets.items()):
            if secret["ARN"] == arn:
                delete(name, properties)

    # Without an update handler a changed secret is replaced: good enough for a throw-away stack.
    handlers.clear()
    handlers.update(create=create_by_arn, delete=delete_by_arn)


def take_how_pages_of_sign_in_look() -> None:
    """Look is all that it is: MiniStack's own page for it has one."""
    provisioners._RESOURCE_HANDLERS["AWS::Cognito::ManagedLoginBranding"] = {
        "create": lambda logical_id, properties, _stack: (
            f"{properties['UserPoolId']}|{logical_id}",
            {},
        ),
        "delete": lambda _id, _properties: None,
    }


def count_calls_as_made_over_tls() -> None:
    """As all of AWS's are: a policy that demands it is to let our own functions through."""
    resolve = permissions._resolve_condition_key

    def resolve_as_over_tls(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    permissions._resolve_condition_key = resolve_as_over_tls


def serve_fifo_groups_in_parallel() -> None:
    """One slow message group must not hold up the others; a group in flight stays closed."""
    concurrency = lambda_service._sqs_esm_concurrency

    def as_for_any_queue(mapping: Any, function: Any, config: Any, queue: Any = None) -> int:
        # A parameter of the template is a text, as which MiniStack leaves it.
        return int(concurrency(mapping, function, config, {**(queue or {}), "is_fifo": False}))

    lambda_service._sqs_esm_concurrency = as_for_any_queue


def unpack_each_layer_once() -> None:
    """Every process of every function would unpack its own copy: half a second and 40 MB each.

    It gets a layer with one .pth file instead, which puts the shared copy on its path.
    """
    read_layer = lambda_service._resolve_layer_zip
    folder = Path(tempfile.mkdtemp(prefix="layers-"))
    links: dict[str, bytes] = {}

    def link_to_layer(attachment: Any) -> bytes | None:
        content: bytes | None = read_layer(attachment)
        if content is None:
            return None
        name = hashlib.sha256(content).hexdigest()[:16]
        if name not in links:
            with zipfile.ZipFile(io.BytesIO(content)) as layer:
                layer.extractall(folder / name)
            links[name] = _link(folder / name / "python")
        return links[name]

    lambda_service._resolve_layer_zip = link_to_layer


def wait_for_a_free_process() -> None:
    """A hundred calls at once would start a hundred processes, more than a laptop can bear.

    Some serve them all, in turn: a function here calls none of its own kind, which could lock.
    Where there is one already, it is cheaper to wait a moment for it than to start another.
    """
    acquire, release = lambda_service.acquire_worker, lambda_service.release_worker
    released = threading.Condition()

    def acquire_in_turn(*function: Any, **which: Any) -> Any:
        patient_until = time.monotonic() + PATIENCE_SECONDS
        with released:
            while True:
                patience = patient_until - time.monotonic()
                most = PROCESSES_A_FUNCTION if patience <= 0 else 1
                leased = acquire(*function, **{**which, "max_concurrency": most})
                if leased[0] is not None:
                    return leased
                released.wait(patience if patience > 0 else None)

    def release_and_tell(worker: Any) -> None:
        release(worker)
        with released:
            released.notify_all()

    lambda_service.acquire_worker = acquire_in_turn
    lambda_service.release_worker = release_and_tell


def share_the_processors_fairly() -> None:
    """Functions time out by the clock, and here they share the processors that AWS gives to each.

    Few run at once and fewer start at once; who waits for a turn is not on the clock yet.
    """
    worker = lambda_runtime.Worker
    start, invoke = worker._spawn, worker.invoke
    starting = threading.Semaphore(os.cpu_count() or 1)
    running = threading.Semaphore(RUNNING_AT_ONCE)

    def start_in_turn(self: Any) -> None:
        with starting:
            start(self)

    def invoke_in_turn(self: Any, *arguments: Any, **others: Any) -> Any:
        with running:
            return invoke(self, *arguments, **others)

    worker._spawn, worker.invoke = start_in_turn, invoke_in_turn


def _link(packages: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as layer:
        layer.writestr(
            "python/lib/python3.13/site-packages/layer.pth",
            f"import sys; sys.path.insert(0, {str(packages)!r})\n",
        )
    return archive.getvalue()


def end_with_our_parent(scratch: str) -> None:
    """Stop the process group, and remove its scratch folder, when our parent is gone.

    However the parent died: it held the other end of standard input.
    """
    sys.stdin.buffer.read()
    shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    scratch = sys.argv.pop(1)
    threading.Thread(target=end_with_our_parent, args=(scratch,), daemon=True).start()
    refer_to_secrets_by_arn()
    take_how_pages_of_sign_in_look()
    count_calls_as_made_over_tls()
    serve_fifo_groups_in_parallel()
    unpack_each_layer_once()
    wait_for_a_free_process()
    share_the_processors_fairly()
    state_machines.install()
    function_errors.install(lambda_service)
    queue_changes.install()
    queue_permissions.install()
    rest_apis.install()
    mails.install()
    sign_in.install()
    stream_source.install(lambda_service, dynamodb, STREAM_SHARDS)
    app.main()


if __name__ == "__main__":
    main()
