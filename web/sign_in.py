"""How a person signs in on the page at /: what ways there are, and a token for a demo person.

A demo token is handed to whoever reaches the page, without a password. That is what the demo is:
on the machine itself `erp-link token --as ada` gives the same, and `serve` prints it. So it is
handed out only where demo tokens are accepted at all (`Settings.takes_demo_tokens`), opens nothing
but the demo people's companies, and ends after an hour.

Who must not get one is a page of another site in the visitor's browser. Such a page is refused as
at /graphql (`endpoint.preconditions`): only JSON is taken, which no form sends, and only from our
own origin. A name that was made to point at this machine (DNS rebinding) is an origin of its own
and would pass that; so where we listen on this machine alone, the request must name it so as well.

With issuers, the page gets no token from us: it is sent to the issuer, and shows us what that
gave. We tell it the client that it is there, which is no secret.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from adapters.demo import DemoPerson, demo_people
from adapters.oidc_settings import OidcIssuer, is_loopback
from adapters.tokens import DemoIssuer
from endpoint.answers import Answer, Refused
from endpoint.body import NotJson, bad_request, body_of, parsed
from endpoint.preconditions import Preconditions
from endpoint.request_id import current_request_id

DEMO_LIFETIME = timedelta(hours=1)
BODY_SECONDS = 5.0


def sign_in_routes(issuers: Sequence[OidcIssuer], host: str) -> list[BaseRoute]:
    """Where one signs in. `issuers`: who signs people in; `host`: where the service listens."""
    here_alone = is_loopback(host)

    def ways(request: Request) -> Response:
        if _demo_issuer(request, here_alone) is not None:
            return Answer({"kind": "demo", "people": list(map(_as_json, demo_people()))}, 200)
        clients = [issuer.for_the_page() for issuer in issuers if issuer.client_id]
        return Answer({"kind": "oidc", "issuers": clients} if clients else {"kind": "none"}, 200)

    async def demo(request: Request) -> Response:
        try:
            issuer = _demo_issuer(request, here_alone)
            if issuer is None:
                raise Refused(403, "FORBIDDEN", "no demo tokens are handed out here")
            return Answer(_session(issuer, await _who(request)), 200)
        except Refused as refusal:
            return refusal.told(current_request_id.get())

    return [
        Route("/sign-in.json", ways),
        Route("/sign-in/demo", demo, methods=["POST"], middleware=[Middleware(Preconditions)]),
    ]


def _demo_issuer(request: Request, here_alone: bool) -> DemoIssuer | None:
    """Who signs demo tokens, where one may be handed out to who sends this request."""
    issuer = request.state.issuer
    may = isinstance(issuer, DemoIssuer) and (not here_alone or _names_this_machine(request))
    return issuer if may else None


def _names_this_machine(request: Request) -> bool:
    try:
        return is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
    except ValueError:
        return False


async def _who(request: Request) -> DemoPerson:
    """The demo person that a body `{"person": "ada"}` names. Raises Refused."""
    try:
        named = parsed((await body_of(request, BODY_SECONDS)).decode("utf-8"))
    except (UnicodeDecodeError, NotJson):
        raise bad_request("the body is not JSON") from None
    id = named.get("person") if isinstance(named, dict) else None
    return _found(id, demo_people())


def _found(id: object, people: Iterable[DemoPerson]) -> DemoPerson:
    for person in people:
        if person.subject == id:
            return person
    raise bad_request("person must be the id of a demo person")


def _session(issuer: DemoIssuer, person: DemoPerson) -> dict[str, Any]:
    """`expiresIn`: seconds from now, as in OAuth, since the browser's clock may be another."""
    token = issuer.token(person.subject, DEMO_LIFETIME)
    lasts = int(DEMO_LIFETIME.total_seconds())
    return {"token": token, "name": person.name, "expiresIn": lasts}


def _as_json(person: DemoPerson) -> dict[str, str]:
    return {"id": person.subject, "name": person.name, "may": person.may}
