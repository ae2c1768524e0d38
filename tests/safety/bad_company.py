"""What a service should not depend on: a database that goes away, an ERP that misbehaves."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

MISBEHAVIOURS = (
    "fails",
    "refuses",
    "forbids",
    "has enough",
    "sends away",
    "shows a page",
    "babbles",
    "breaks off",
    "hangs up",
)
_STATUS = {"fails": 500, "refuses": 401, "forbids": 403, "has enough": 429, "sends away": 302}


class BadErp:
    """An ERP that repeats in each answer all that it was sent, its key included."""

    def __init__(self) -> None:
        self.url = ""
        self.behaviour = MISBEHAVIOURS[0]
        self.heard: list[str] = []

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        sent = request.rfile.read(int(request.headers.get("Content-Length", 0))).decode()
        echo = f"{request.path} {request.headers} {sent}"
        self.heard.append(echo)
        if self.behaviour == "hangs up":
            request.close_connection = True
            return
        flat = " ".join(echo.split())
        body = flat.encode() if self.behaviour != "babbles" else f'[{{"{flat}": 1}}]'.encode()
        page = self.behaviour == "shows a page"
        request.send_response(_STATUS.get(self.behaviour, 200))
        request.send_header("Content-Type", "text/html" if page else "application/json")
        request.send_header("Location", f"http://127.0.0.1:1/?{flat.replace(' ', '+')}")
        request.send_header("Set-Cookie", f"echo={flat[:200]}")
        request.send_header("Content-Length", str(len(body) + (self.behaviour == "breaks off")))
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = True


@contextmanager
def bad_erp() -> Iterator[BadErp]:
    erp = BadErp()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            erp.answer(self)

        do_POST = do_GET

        def log_message(self, *words: Any) -> None:
            """The tests read the service's log, not this one's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        erp.url = f"http://127.0.0.1:{server.server_port}/books"
        yield erp
        server.shutdown()


class Relay:
    """A way to a server on loopback that can be cut."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._ends: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nobody is there, and nobody has ever been polite about it."""
        for each in (self._listening, *self._ends):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._behind))
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            sink.sendall(chunk)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
