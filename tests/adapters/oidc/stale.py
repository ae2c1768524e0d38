"""What a genuine key may have signed, and still nobody is let in by: claims, and odd texts."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from tests.adapters.oidc.forgeries import Forgery, spoilt
from tests.adapters.oidc.tokens import NOON, Mint, encoded

EXPIRED = "the token has expired"
EARLY = "the token is not valid yet"
LACKING = "the token lacks a required claim"
ISSUER = "the token is of another issuer"
AUDIENCE = "the token is for another audience"
NOBODY = "the token names nobody"
MALFORMED = "the token is malformed"


def says(**but: Any) -> Forgery:
    """A genuine token with these claims."""
    return lambda mint: mint.token(**but)


def named(change: str) -> Forgery:
    """A genuine token whose issuer is spelled like ours, but for this."""
    return lambda mint: mint.token(iss=change.format(mint.issuer, upper=mint.issuer.upper()))


def raw(old: str, new: str) -> Forgery:
    """A genuine token whose claims, as text, have this instead."""

    def forge(mint: Mint) -> str:
        text = json.dumps(mint.claims())
        assert old in text
        return mint.signed(payload=text.replace(old, new).encode())

    return forge


def payload(text: bytes) -> Forgery:
    return lambda mint: mint.signed(payload=text)


def header(text: bytes) -> Forgery:
    return lambda mint: mint.signed(header=text)


def claims_in(encoding: str) -> Forgery:
    return lambda mint: mint.signed(payload=json.dumps(mint.claims()).encode(encoding))


def header_in(encoding: str) -> Forgery:
    return lambda mint: mint.signed(header=json.dumps(mint.header()).encode(encoding))


def other_spelling(token: str) -> str:
    """The same bytes in base64, but for bits that stand for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    ours, theirs = (urlsafe_b64decode(each.split(".")[2] + "==") for each in (token, changed))
    assert ours == theirs
    return changed


def unsigned(mint: Mint, algorithm: str = "none") -> str:
    return f"{encoded(mint.header(alg=algorithm))}.{encoded(mint.claims())}."


def as_json(token: str) -> str:
    protected, payload, signature = token.split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature})


EXP = f'"exp": {NOON + 600}'
RS256 = b'{"alg": "RS256", "kid": "rsa"'

STALE: dict[str, dict[str, Forgery]] = {
    EXPIRED: {
        "31 seconds ago": says(exp=NOON - 31),
        "30 seconds ago": says(exp=NOON - 30),
        "a year ago": says(exp=NOON - 365 * 86400),
        "in 1970": says(exp=0),
    },
    EARLY: {
        "issued in 31 seconds": says(iat=NOON + 31),
        "issued tomorrow": says(iat=NOON + 86400, exp=NOON + 90000),
        "not before 31 seconds have passed": says(nbf=NOON + 31),
    },
    LACKING: {
        f"{name} {how}": says(**{name: gap})
        for name in ("exp", "iat", "sub", "iss", "aud")
        for how, gap in (("absent", ...), ("null", None))
    },
    ISSUER: {
        "with a slash": named("{0}/"),
        "with a space": named("{0} "),
        "with a NUL": named("{0}\x00"),
        "with a query": named("{0}?"),
        "in upper case": named("{upper}"),
        "with more of a path": named("{0}/keys"),
        "another": says(iss="https://login.example"),
        "the demo's": says(iss="erp-link-demo"),
        "empty": says(iss=""),
        "a list": lambda mint: mint.token(iss=[mint.issuer]),
        "an object": lambda mint: mint.token(iss={mint.issuer: 1}),
        "a number": says(iss=7),
        "true": says(iss=True),
    },
    AUDIENCE: {
        "another": says(aud="another-service"),
        "a list without us": says(aud=["another-service", "account"]),
        "an empty list": says(aud=[]),
        "empty": says(aud=""),
        "with a space": says(aud="erp-link "),
        "in upper case": says(aud="ERP-LINK"),
        "one that we begin": says(aud="erp-link-staging"),
        "an object": says(aud={"erp-link": True}),
        "a number": says(aud=7),
        "true": says(aud=True),
        "a list in a list": says(aud=[["erp-link"]]),
        "a list with a number": says(aud=["erp-link", 7]),
    },
    NOBODY: {
        "empty": says(sub=""),
        "spaces": says(sub="  "),
    },
    MALFORMED: {
        "sub a number": says(sub=7),
        "sub a list": says(sub=["ada"]),
        "sub true": says(sub=True),
        "sub with a NUL": says(sub="ada\x00"),
        "sub with a new line": says(sub="ada\n"),
        "sub written backwards": says(sub="\u202eada"),
        "sub with what is not seen": says(sub="ada\u200b"),
        "sub half a surrogate": says(sub="\ud800"),
        "exp digits as text": says(exp=str(NOON + 600)),
        "exp a word": says(exp="soon"),
        "exp true": says(exp=True),
        "exp a list": says(exp=[NOON + 600]),
        "exp negative": says(exp=-1),
        "exp in milliseconds": says(exp=(NOON + 600) * 1000),
        "exp huge": says(exp=10**30),
        "exp of 5000 digits": raw(EXP, f'"exp": {"9" * 5000}'),
        "exp 1e400": raw(EXP, '"exp": 1e400'),
        "exp Infinity": raw(EXP, '"exp": Infinity'),
        "exp NaN": raw(EXP, '"exp": NaN'),
        "iat as text": says(iat=str(NOON)),
        "iat negative": says(iat=-NOON),
        "iat false": says(iat=False),
        "nbf as text": says(nbf=str(NOON)),
        "nbf null": says(nbf=None),
        "sub twice": raw('"sub": "ada"', '"sub": "eve", "sub": "ada"'),
        "sub twice, once escaped": raw('"sub": "ada"', '"s\\u0075b": "eve", "sub": "ada"'),
        "exp twice": raw(EXP, f'"exp": {NOON - 600}, {EXP}'),
        "a name twice inside": raw('"sub"', '"act": {"a": 1, "a": 2}, "sub"'),
        "a comment": raw('"sub"', '/* */ "sub"'),
        "a comma too many": raw('"ada"', '"ada",'),
        "more after the claims": lambda mint: mint.signed(
            payload=json.dumps(mint.claims()).encode() + b" {}"
        ),
        "claims that are a list": payload(b"[]"),
        "claims that are text": payload(b'"ada"'),
        "claims that are null": payload(b"null"),
        "claims that are no JSON": payload(b"sub=ada"),
        "claims nested deep": payload(b'{"a":' + b"[" * 8000 + b"]" * 8000 + b"}"),
        "claims in UTF-16": claims_in("utf-16"),
        "claims in UTF-32": claims_in("utf-32-le"),
        "claims with a byte order mark": claims_in("utf-8-sig"),
        "claims that are no UTF-8": payload(b'{"sub": "\xff"}'),
        "a header in UTF-16": header_in("utf-16-le"),
        "a header with a byte order mark": header_in("utf-8-sig"),
        "a header that is a list": header(b'["RS256"]'),
        "a header that is null": header(b"null"),
        "a header with alg twice": header(RS256 + b', "alg": "none"}'),
        "a header with alg twice, none first": header(b'{"alg": "none", ' + RS256[1:] + b"}"),
        "a header with kid twice": header(RS256 + b', "k\\u0069d": "made up"}'),
        "unsigned": unsigned,
        "unsigned RS256": lambda mint: unsigned(mint, "RS256"),
        "nothing": spoilt(lambda token: ""),
        "dots": spoilt(lambda token: ".."),
        "two parts": spoilt(lambda token: token.rpartition(".")[0]),
        "four parts": spoilt(lambda token: f"{token}.AAAA"),
        "five parts, as if encrypted": spoilt(lambda token: f"{token}.AAAA.AAAA"),
        "a dot at the end": spoilt(lambda token: f"{token}."),
        "a dot before": spoilt(lambda token: f".{token}"),
        "no header": spoilt(lambda token: token[token.index(".") :]),
        "a new line at the end": spoilt(lambda token: f"{token}\n"),
        "a space inside": spoilt(lambda token: token.replace(".", ". ", 1)),
        "a NUL at the end": spoilt(lambda token: f"{token}\x00"),
        "padding": lambda mint: mint.signed(payload=mint.claims()).replace(".", "=.", 1),
        "the other base64": spoilt(lambda token: f"{token[:-4]}+/+/"),
        "bits that stand for nothing": spoilt(other_spelling),
        "percent signs": spoilt(lambda token: token.replace(".", "%2E")),
        "dots of another script": spoilt(lambda token: token.replace(".", "．")),  # noqa: RUF001
        "a letter of another script": spoilt(lambda token: token.replace("a", "а")),  # noqa: RUF001
        "half a surrogate": spoilt(lambda token: f"{token}\udc80"),
        "as JSON": spoilt(as_json),
        "two tokens": spoilt(lambda token: f"{token},{token}"),
        "the word Bearer": spoilt(lambda token: f"Bearer {token}"),
        "a megabyte, properly signed": says(note="x" * 750_000),
        "a megabyte of dots": spoilt(lambda token: "." * 1_000_000),
        "a megabyte of letters": spoilt(lambda token: "ey" * 500_000),
    },
}
