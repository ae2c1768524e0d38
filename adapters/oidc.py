"""Tokens of OIDC issuers, verified by the keys that the issuers publish: for production."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx2
import jwt

from adapters.genuine_tokens import GenuineTokens
from adapters.oidc_cache import PublishedKeys
from adapters.oidc_claims import subject_of
from adapters.oidc_fetching import fetch_keys
from adapters.oidc_keys import ALGORITHMS, PublicKey
from adapters.oidc_settings import OidcIssuer
from adapters.oidc_token import UnverifiedToken, read_token
from adapters.tokens import Identity, InvalidToken, begins_at, refused_from

_SIGNATURES = jwt.PyJWS(algorithms=sorted(ALGORITHMS))
"""Knows no HMAC and no `none`: what is not there cannot be chosen."""

_Issuer = tuple[OidcIssuer, PublishedKeys]


@dataclass(frozen=True, slots=True)
class Verified:
    """Whom a token speaks of, and the key that proved it."""

    identity: Identity
    key_id: str = field(repr=False)
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Issuers:
    """`adapters.tokens.TokenVerifier` for tokens of any of these issuers, by their names."""

    issuers: Mapping[str, _Issuer]
    now: Callable[[], float] = time.time
    _genuine: GenuineTokens[Verified] = field(
        default_factory=GenuineTokens, init=False, repr=False, compare=False
    )

    async def identity_of(self, token: str) -> Identity:
        known = self._genuine.find(token, self.now())
        if known is not None and await self._is_trusted(known):
            return known.identity
        return await self._verified(token)

    async def _is_trusted(self, known: Verified) -> bool:
        """Whether the issuer still publishes the very key that proved a token."""
        _, keys = self.issuers[known.identity.issuer]
        return await keys.find(known.key_id) is known.key

    async def _verified(self, token: str) -> Identity:
        unverified = read_token(token)
        issuer, keys = self._issuer_named_by(unverified)
        # Before the signature: a token that has expired is no reason to ask for its key.
        subject = subject_of(unverified.claims, issuer.audience, self.now())
        key = await keys.find(unverified.key_id)
        if key is None:
            raise InvalidToken("the token is signed with a key that its issuer does not publish")
        _check_signature(unverified, key)
        identity = Identity(issuer.issuer, subject, refused_from(unverified.claims["exp"]))
        verified = Verified(identity, unverified.key_id, key)
        begins, ends = begins_at(unverified.claims), identity.expires_at.timestamp()
        self._genuine.keep(token, verified, begins, ends)
        return identity

    def _issuer_named_by(self, token: UnverifiedToken) -> _Issuer:
        """Whose keys to try: no other's will do then, so that the name alone lets nobody in."""
        name = token.claims.get("iss")
        if name is None:
            raise InvalidToken("the token lacks a required claim")
        if not isinstance(name, str) or name not in self.issuers:
            raise InvalidToken("the token is of another issuer")
        return self.issuers[name]


@asynccontextmanager
async def open_issuers(
    configured: Sequence[OidcIssuer],
    http: httpx2.AsyncClient,
    now: Callable[[], float] = time.time,
    running: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Issuers]:
    """These issuers; nothing is fetched before the first token. `now` judges tokens, `running`
    the age of keys: a wall clock that is set back must not make old keys young."""
    async with AsyncExitStack() as stack:
        issuers: dict[str, _Issuer] = {}
        for issuer in configured:
            keys = PublishedKeys(issuer.issuer, partial(fetch_keys, http, issuer), running)
            stack.push_async_callback(keys.aclose)
            issuers[issuer.issuer] = (issuer, keys)
        yield Issuers(issuers, now)


def _check_signature(token: UnverifiedToken, key: PublicKey) -> None:
    if token.algorithm not in key.algorithms:
        raise InvalidToken("the token is signed with another algorithm")
    try:
        _SIGNATURES.decode_complete(token.text, key.key, algorithms=sorted(key.algorithms))
    except jwt.InvalidSignatureError:
        raise InvalidToken("the token's signature is wrong") from None
    except jwt.PyJWTError:
        # Never the library's own text: some of it quotes the token.
        raise InvalidToken("the token is malformed") from None
