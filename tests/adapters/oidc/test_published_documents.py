"""What an issuer may publish, and all that is not taken for its keys."""

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from adapters.oidc import Issuers, open_issuers
from adapters.oidc_fetching import LARGEST_BODY
from adapters.oidc_settings import OidcIssuer
from adapters.tokens import IssuerUnavailable
from tests.adapters.oidc.conftest import Clock, Opening, refusal
from tests.adapters.oidc.forgeries import UNPUBLISHED
from tests.adapters.oidc.keys import a_jwk, a_key
from tests.adapters.oidc.server import DISCOVERY, JWKS, IssuerServer, always, running_issuers
from tests.adapters.oidc.tokens import Mint

Make = Callable[[IssuerServer], Response]


def key_set(**but: Any) -> dict[str, Any]:
    return {"keys": [a_jwk(a_key("rsa"), "rsa")]} | but


def discovery(server: IssuerServer, **but: Any) -> dict[str, Any]:
    issuer = server.issuer()
    return {"issuer": issuer, "jwks_uri": f"{issuer}{JWKS}"} | but


def packed(server: IssuerServer) -> Response:
    body = gzip.compress(JSONResponse(key_set()).body)
    return Response(body, headers={"Content-Encoding": "gzip"})


def cut_short(server: IssuerServer) -> Response:
    body = bytes(JSONResponse(key_set()).body)
    return Response(body[:-20], headers={"Content-Length": str(len(body) - 20)})


BAD_KEYS: dict[str, Make] = {
    "not found": lambda server: Response(status_code=404),
    "a failure": lambda server: JSONResponse(key_set(), 500),
    "accepted, later": lambda server: JSONResponse(key_set(), 202),
    "a redirect to the attacker": lambda server: RedirectResponse(f"{server.url}/attacker{JWKS}"),
    "a page": lambda server: Response("<!doctype html><title>Sign in</title>"),
    "nothing": lambda server: Response(),
    "a list": lambda server: JSONResponse(key_set()["keys"]),
    "a single key": lambda server: JSONResponse(key_set()["keys"][0]),
    "no list of keys": lambda server: JSONResponse({"keys": {"rsa": key_set()["keys"][0]}}),
    "keys twice": lambda server: Response('{"keys": [], "keys": []}'),
    "no UTF-8": lambda server: Response(b'{"keys": [], "x": "\xff"}'),
    "nested deep": lambda server: Response('{"keys":' + "[" * 100_000),
    "too much": lambda server: JSONResponse(key_set(x="x" * LARGEST_BODY)),
    "packed": packed,
    "cut short": cut_short,
}

BAD_DISCOVERY: dict[str, Make] = {
    "not found": lambda server: Response(status_code=404),
    "a redirect to the attacker": lambda server: RedirectResponse(
        f"{server.url}/attacker{DISCOVERY}"
    ),
    "another issuer": lambda server: JSONResponse(
        discovery(server, issuer=server.issuer("attacker"))
    ),
    "a slash more": lambda server: JSONResponse(discovery(server, issuer=f"{server.issuer()}/")),
    "no issuer": lambda server: JSONResponse(discovery(server, issuer=None)),
    "a list of issuers": lambda server: JSONResponse(discovery(server, issuer=[server.issuer()])),
    "no address": lambda server: JSONResponse(discovery(server, jwks_uri=None)),
    "a list of addresses": lambda server: JSONResponse(
        discovery(server, jwks_uri=[f"{server.issuer()}{JWKS}"])
    ),
    "a file": lambda server: JSONResponse(discovery(server, jwks_uri="file:///etc/passwd")),
    "a path": lambda server: JSONResponse(discovery(server, jwks_uri=JWKS)),
    "http elsewhere": lambda server: JSONResponse(
        discovery(server, jwks_uri="http://login.example/keys")
    ),
    "credentials": lambda server: JSONResponse(
        discovery(server, jwks_uri=server.issuer().replace("://", "://us:secret@") + JWKS)
    ),
}


@pytest.fixture(autouse=True)
def attacker(server: IssuerServer) -> None:
    """Keys of someone else, who would verify their own tokens in the issuer's name."""
    server.keys["attacker"] = [a_jwk(a_key("rsa", "attacker"), "rsa")]


@pytest.mark.parametrize(
    ("path", "make"),
    [
        *(pytest.param(JWKS, make, id=f"keys: {name}") for name, make in BAD_KEYS.items()),
        *(
            pytest.param(DISCOVERY, make, id=f"discovery: {name}")
            for name, make in BAD_DISCOVERY.items()
        ),
    ],
)
async def test_what_is_no_sound_answer_is_not_taken_for_keys(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock, path: str, make: Make
) -> None:
    async def answer(request: Request) -> Response:
        return make(server)

    server.answers[f"/harbor{path}"] = answer
    for owner in ("issuer", "attacker"):
        with pytest.raises(IssuerUnavailable) as caught:
            await issuers.identity_of(Mint(mint.issuer, owner=owner).token())
        assert caught.value.__cause__ is None
    assert not any("attacker" in path for path in server.asked)

    server.answers.clear()
    clock.advance(2)
    assert await issuers.identity_of(mint.token())


async def test_slow_answers_are_given_up(opening: Opening, server: IssuerServer) -> None:
    server.keys |= {name: server.keys["harbor"] for name in ("hung", "dripping")}

    async def hang(request: Request) -> Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def drip(request: Request) -> Response:
        async def drops() -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.05)

        return StreamingResponse(drops())

    server.answers |= {f"/hung{JWKS}": hang, f"/dripping{DISCOVERY}": drip}
    mints = [Mint(server.issuer(name)) for name in ("hung", "dripping")]
    async with opening(*(mint.issuer for mint in mints)) as issuers:
        began = time.monotonic()
        answers = await asyncio.gather(
            *(issuers.identity_of(mint.token()) for mint in mints), return_exceptions=True
        )

    assert [type(answer) for answer in answers] == [IssuerUnavailable, IssuerUnavailable]
    assert time.monotonic() - began < 4
    server.stop()


async def test_an_issuer_without_discovery_is_told_where_its_keys_are(
    opening: Opening, server: IssuerServer
) -> None:
    name = f"{server.url}/no-discovery"
    elsewhere = OidcIssuer(issuer=name, jwks_uri=f"{server.issuer()}{JWKS}?tenant=7")

    async with opening(elsewhere) as issuers:
        assert (await issuers.identity_of(Mint(name).token())).issuer == name
    assert list(server.asked) == [f"/harbor{JWKS}"]


async def test_an_issuer_may_end_in_a_slash(opening: Opening, server: IssuerServer) -> None:
    issuer = f"{server.issuer()}/"
    server.answers[f"/harbor{DISCOVERY}"] = always(200, discovery(server, issuer=issuer))

    async with opening(issuer) as issuers:
        assert await issuers.identity_of(Mint(issuer).token())
        told = await refusal(issuers, Mint(server.issuer()).token())
    assert told == "the token is of another issuer"


async def test_an_issuer_may_move_its_keys(
    issuers: Issuers, mint: Mint, server: IssuerServer, clock: Clock
) -> None:
    await issuers.identity_of(mint.token())
    server.keys["moved"] = [a_jwk(a_key("rsa", "rotated"), "new")]
    moved = discovery(server, jwks_uri=f"{server.issuer('moved')}{JWKS}")
    server.answers[f"/harbor{DISCOVERY}"] = always(200, moved)
    clock.advance(2)

    assert await issuers.identity_of(Mint(mint.issuer, key_id="new", owner="rotated").token())


async def test_keys_that_are_no_keys_do_not_spoil_the_others(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    broken: list[Any] = [None, 7, "rsa", [], {}, {"kid": "x"}, {"kty": "RSA", "kid": "x", "n": 7}]
    key = a_jwk(a_key("rsa"), "rsa")
    broken += [{**key, "kid": "x", "e": name} for name in ("", "!", None, "AA", "AAA")]
    broken += [{"kty": "EC", "crv": "P-256", "kid": "x", "x": "AA", "y": "AA"}]
    broken += [{"kty": "OKP", "crv": "Ed25519", "kid": "x", "x": "AA"}]
    server.keys["harbor"] = [*broken, key]

    assert await issuers.identity_of(mint.token())
    assert await refusal(issuers, mint.signed(mint.header(kid="x"))) == UNPUBLISHED


async def test_of_two_keys_of_one_name_the_first_counts(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    server.keys["harbor"].append(a_jwk(a_key("rsa", "second"), "rsa"))

    assert await issuers.identity_of(mint.token())
    second = Mint(mint.issuer, owner="second").token()
    assert await refusal(issuers, second) == "the token's signature is wrong"


async def test_no_cookie_goes_from_one_issuer_to_another(
    issuers: Issuers, mint: Mint, server: IssuerServer
) -> None:
    async def answer(request: Request) -> Response:
        return JSONResponse(discovery(server), headers={"Set-Cookie": "mine=1; Path=/"})

    server.answers[f"/harbor{DISCOVERY}"] = answer
    await issuers.identity_of(mint.token())

    assert [path for path, _ in server.headers] == [f"/harbor{DISCOVERY}", f"/harbor{JWKS}"]
    for _, headers in server.headers:
        assert not headers.keys() & {"cookie", "authorization"}


def a_certificate(folder: Path) -> Path:
    """For localhost, and the key that signed it, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    return file


async def test_over_tls_the_certificate_counts_and_the_keys_do_not_leave_it(
    http: httpx2.AsyncClient, server: IssuerServer, clock: Clock, tmp_path: Path
) -> None:
    file = a_certificate(tmp_path)
    with running_issuers(ssl_certfile=file, ssl_keyfile=file) as secure:
        secure.keys["harbor"] = [a_jwk(a_key("rsa"), "rsa")]
        mint = Mint(secure.issuer())
        configured = [OidcIssuer(issuer=mint.issuer)]

        async def told(client: httpx2.AsyncClient) -> str:
            async with open_issuers(configured, client, clock.now) as issuers:
                return (await issuers.identity_of(mint.token())).subject

        trusting = ssl.create_default_context(cafile=file)
        async with httpx2.AsyncClient(verify=trusting) as client:
            assert await told(client) == "ada"
            leaving = discovery(secure, jwks_uri=f"{server.issuer()}{JWKS}")
            secure.answers[f"/harbor{DISCOVERY}"] = always(200, leaving)
            with pytest.raises(IssuerUnavailable):
                await told(client)
            assert server.asked.total() == 0

        secure.answers.clear()
        with pytest.raises(IssuerUnavailable):
            await told(http)
