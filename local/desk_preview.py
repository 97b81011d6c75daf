"""The desk's page straight from its folder, for those who work on it.

The page is put together as the deployed one is, anew when a file has changed, and has its headers;
what it calls is a stack that `make up` runs. Ports 8701 to 8712 are those to which people may come
back from signing in.

    python -m local.desk_preview --port 8701
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from local.browsing.desk_headers import desk_headers
from local.cloud.emulator import ROOT, WEB_PACKAGES
from local.cloud.first_day import PREVIEW_PORTS
from local.cloud.laptop import STACK_FILE, Stack
from web import build

NOT_KEPT = "no-store"


@dataclass(frozen=True)
class Served:
    status: HTTPStatus
    type: str
    body: bytes


@dataclass(frozen=True)
class Preview:
    """Answers a path with what the deployed desk would answer, as its files are now."""

    tree: Path
    installed: Path
    stack_file: Path

    def answer(self, path: str) -> Served:
        try:
            return self._answer(path)
        except build.Unfit as unfit:
            return _text(HTTPStatus.INTERNAL_SERVER_ERROR, f"{unfit}\n")

    def headers(self) -> dict[str, str]:
        changed = (ROOT / "template.yaml").stat().st_mtime_ns
        return _headers(Stack.read(self.stack_file).aws_endpoint, changed)

    def _files(self) -> dict[str, bytes]:
        changed = max(file.stat().st_mtime_ns for file in self.tree.rglob("*"))
        return _served(self.tree, changed)

    def _answer(self, path: str) -> Served:
        locked = build.locked_versions(ROOT / "web")
        match PurePosixPath(path).parts[1:]:
            case () | (build.PAGE,):
                files = self._files()
                template = build.read(self.tree / build.PAGE).decode()
                body = build.page(template, files, locked).encode()
                return Served(HTTPStatus.OK, build.TYPES[".html"], body)
            case ("config.json",):
                return Served(HTTPStatus.OK, build.TYPES[".json"], self._configuration())
            case ("v", _, *rest):
                files = self._files()
                return _file("/".join(rest), files.get("/".join(rest)))
            case ("vendor", *_):
                vendored = build.vendored_files(self.installed, locked)
                bodies = {file.key: file.body for file in vendored}
                return _file(path, bodies.get(path.lstrip("/")))
        return _file(path, None)

    def _configuration(self) -> bytes:
        stack = Stack.read(self.stack_file)
        return json.dumps(configuration(stack)).encode()


@lru_cache(maxsize=1)
def _headers(endpoint: str, _changed: int) -> dict[str, str]:
    return desk_headers(endpoint)


@lru_cache(maxsize=1)
def _served(tree: Path, _changed: int) -> dict[str, bytes]:
    return build.served_files(tree)


def configuration(stack: Stack) -> Mapping[str, str]:
    """Return what the page is told of where it is deployed."""
    return {
        "api": stack.agent_api_base,
        "live": stack.live_url,
        "sign_in": stack.aws_endpoint,
        "client_id": stack.desk_client,
    }


def _file(path: str, body: bytes | None) -> Served:
    if body is None:
        return _text(HTTPStatus.NOT_FOUND, f"{path} is not there\n")
    return Served(HTTPStatus.OK, build.TYPES[PurePosixPath(path).suffix], body)


def _text(status: HTTPStatus, text: str) -> Served:
    return Served(status, "text/plain; charset=utf-8", text.encode())


def serve(preview: Preview, port: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served = preview.answer(unquote(urlsplit(self.path).path))
            self.send_response(served.status)
            for name, value in preview.headers().items():
                self.send_header(name, value)
            self.send_header("Content-Type", served.type)
            self.send_header("Cache-Control", NOT_KEPT)
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            self.wfile.write(served.body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 -- its name
            pass

    with ThreadingHTTPServer(("localhost", port), Handler) as server:
        print(f"The desk, from {preview.tree}: http://localhost:{port}/")
        sys.stdout.flush()
        server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, choices=PREVIEW_PORTS, default=PREVIEW_PORTS[0])
    parser.add_argument("--stack", type=Path, default=STACK_FILE, help="written by `make up`")
    parser.add_argument("--tree", type=Path, default=ROOT / "web" / "desk")
    parser.add_argument("--installed", type=Path, default=WEB_PACKAGES, help="npm's node_modules")
    chosen = parser.parse_args()
    if not chosen.stack.is_file():
        raise SystemExit(f"{chosen.stack} is not there: is `make up` running?")
    serve(Preview(chosen.tree, chosen.installed, chosen.stack), chosen.port)


if __name__ == "__main__":
    main()
