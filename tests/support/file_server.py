"""A provider's server of files, on loopback: it says and does what providers should not, too."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

type Serve = Callable[[BaseHTTPRequestHandler], None]


class FileServer:
    """`paths` answer each in their way; `calls` are what was asked for, with the headers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.paths: dict[str, Serve] = {}
        self.calls: list[tuple[str, dict[str, str]]] = []

    def has(self, path: str, content: bytes, status: int = 200, **headers: str) -> str:
        """Serve content; without a `content_length` of its own, the true one is announced."""

        def serve(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            announced = {"content_length": str(len(content)), **headers}
            for name, value in announced.items():
                if value:
                    request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(content)

        return self.does(path, serve)

    def does(self, path: str, serve: Serve) -> str:
        self.paths[path] = serve
        return f"{self.url}{path}"


@contextmanager
def file_server() -> Iterator[FileServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.calls.append((self.path, headers))
            try:
                server.paths[self.path](self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server = FileServer(f"http://127.0.0.1:{listening.server_address[1]}")
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
