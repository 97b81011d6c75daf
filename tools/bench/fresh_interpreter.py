"""Measures one thing in an interpreter that has loaded nothing yet.

    python -S -P fresh_interpreter.py <file with the job> <file for the report>

Both are in Python's own `marshal` format: nothing is imported before the clock runs but what the
interpreter itself is made of. So `Wire` and `Reply` are here again, which `replay.py` has too.
"""

from __future__ import annotations

import marshal
import sys
import time

TYPE_CHECKING = False
"""`typing` has one too, and takes milliseconds to import that a function would have to pay."""

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

clock = time.process_time


def measure(job: dict[str, Any]) -> dict[str, Any]:
    """Run statements, or import a handler and hand it its first event where the job has one."""
    before = set(sys.modules)
    wire = Wire(job.get("tape", []))
    if "handler" in job:
        sys.meta_path.insert(0, wire)
    started = clock()
    if "handler" not in job:
        exec(job["statements"], {})  # noqa: S102 -- the bench's own lines
        return {"importing": clock() - started}
    module, _, name = job["handler"].rpartition(".")
    handler = getattr(__import__(module, fromlist=[name]), name)
    report = {"importing": clock() - started, "modules": sorted(set(sys.modules) - before)}
    if "event" in job:
        report |= answer_first_event(handler, job, wire)
    return report | {"clients": wire.clients, "making_clients": wire.making_clients}


def answer_first_event(
    handler: Callable[..., Any], job: Mapping[str, Any], wire: Wire
) -> dict[str, Any]:
    import datetime as dt  # noqa: PLC0415 -- after the clock has run
    import json  # noqa: PLC0415 -- likewise

    event = json.loads(job["event"])
    now = dt.datetime.fromisoformat(job["now"])
    if runtime := sys.modules.get("sportello.entrypoints.runtime"):
        vars(runtime)["utc_now"] = lambda: now
    started = clock()
    if job["tape"]:
        wire.tap()
    try:
        handler(event, Context(job["name"]))
    except Strayed as strayed:
        return {"strayed": str(strayed)}
    return {"answering": clock() - started - wire.seconds}


class Wire:
    """Answers what was answered when the tape was made; `seconds` is the time this took itself.

    As an import hook it also counts the clients that are made, from the first one on.
    """

    def __init__(self, tape: list[dict[str, Any]]) -> None:
        self.seconds = 0.0
        self.clients = 0
        self.making_clients = 0.0
        self._tape = iter(tape)

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Have the SDK's session watched as soon as it is there; all else is found by others."""
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        finders = (finder.find_spec(name, path, target) for finder in sys.meta_path)
        spec: Any = next(filter(None, finders))
        load = spec.loader.exec_module

        def load_and_watch(module: Any) -> None:
            load(module)
            self._watch(module.Session)

        spec.loader.exec_module = load_and_watch
        return spec

    def _watch(self, session: Any) -> None:
        make = session.create_client

        def create_client(*arguments: Any, **options: Any) -> Any:
            started = clock()
            client = make(*arguments, **options)
            self.making_clients += clock() - started
            self.clients += 1
            return client

        session.create_client = create_client

    def tap(self) -> None:
        # What is imported here any client needs, so that it is the function's own time.
        from botocore import awsrequest, httpsession  # noqa: PLC0415
        from urllib3 import _request_methods  # noqa: PLC0415

        def send(_session: Any, signed: Any) -> Any:
            started = clock()
            # S3 knows no targets, and is only put into.
            call = self._next(signed.headers.get("X-Amz-Target", "PutObject"))
            answer = awsrequest.AWSResponse(signed.url, call["status"], call["headers"], None)
            vars(answer)["_content"] = call["body"]
            self.seconds += clock() - started
            return answer

        def request(_pool: Any, method: str, _url: str, **_options: Any) -> Any:
            started = clock()
            answer = Reply(self._next(method)["body"])
            self.seconds += clock() - started
            return answer

        for owner, method in (
            (httpsession.URLLib3Session, send),
            (_request_methods.RequestMethods, request),
        ):
            setattr(owner, method.__name__, method)

    def _next(self, target: str | bytes) -> dict[str, Any]:
        name = target if isinstance(target, str) else target.decode()
        call = next(self._tape, None)
        if call is None or name.rpartition(".")[2] != call["operation"]:
            raise Strayed(name)
        return call


class Strayed(BaseException):
    """The function called something else than when the tape was made; no handler may hide it."""


class Reply:
    """What urllib3 gives for a response."""

    status = 200

    def __init__(self, body: bytes) -> None:
        self.headers = {"content-type": "application/json"}
        self._body = body

    def read(self, limit: int) -> bytes:
        return self._body[:limit]

    def stream(self, _amount: int, **_options: Any) -> Any:
        yield self._body

    def close(self) -> None:
        """Nothing is held."""

    def release_conn(self) -> None:
        """Nothing is held."""


class Context:
    """What Lambda tells a function of itself."""

    memory_limit_in_mb = 512
    aws_request_id = "00000000-0000-4000-8000-000000000001"

    def __init__(self, name: str) -> None:
        self.function_name = name
        self.invoked_function_arn = f"arn:aws:lambda:eu-south-1:123456789012:function:{name}"


def main() -> None:
    job_file, report_file = sys.argv[1:]
    with open(job_file, "rb") as job:  # noqa: PTH123 -- pathlib takes long to import
        report = measure(marshal.load(job))  # noqa: S302 -- the bench wrote it
    with open(report_file, "wb") as file:  # noqa: PTH123 -- likewise
        marshal.dump(report, file)
    import os  # noqa: PLC0415 -- likewise

    # Taking everything down again would take as long as many an import.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
