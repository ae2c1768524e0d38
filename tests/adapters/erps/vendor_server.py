"""The vendor's side of a connection: a real server on loopback, which answers as it is told."""

import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

Answer = Callable[[Request], Awaitable[Response]]


async def nothing_here(request: Request) -> Response:
    return PlainTextResponse("nothing here", 404)


class VendorServer:
    """What was asked, and when it came in; `answer` decides what is said."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reset()

    def reset(self) -> None:
        self.answer: Answer = nothing_here
        self.requests: list[Request] = []
        self.arrivals: list[datetime] = []
        self.under_way = self.most_at_once = 0

    async def endpoint(self, request: Request) -> Response:
        self.arrivals.append(datetime.now(UTC))
        self.requests.append(request)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            return await self.answer(request)
        finally:
            self.under_way -= 1

    def asked(self, but: str | None) -> list[Request]:
        """The requests, without those for that path."""
        return [each for each in self.requests if each.url.path != but]


@contextmanager
def running_vendor_server() -> Iterator[VendorServer]:
    listening = socket.create_server(("127.0.0.1", 0))
    vendor = VendorServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", vendor.endpoint, methods=methods)])
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield vendor
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def running_untrusted_server() -> Iterator[str]:
    """The URL of a server on loopback that nobody vouches for: its certificate is its own."""
    with TemporaryDirectory() as folder:
        certificate = Path(folder) / "certificate.pem"
        certificate.write_bytes(self_signed())
        listening = socket.create_server(("127.0.0.1", 0))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        thread = threading.Thread(target=shake_hands, args=(context, listening), daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.close()


def shake_hands(context: ssl.SSLContext, listening: socket.socket) -> None:
    """With whoever comes, until nobody can; a client that trusts us not at all goes away."""
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()


def self_signed() -> bytes:
    """A key, and a certificate for this host that it has signed itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)
