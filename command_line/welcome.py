"""What `serve` says when it starts: where things are, and how to sign in."""

from collections.abc import Sequence

from adapters.demo import demo_people
from adapters.oidc_settings import OidcIssuer
from adapters.tokens import DemoIssuer


def welcome(demo: DemoIssuer | None, issuers: Sequence[OidcIssuer], address: str) -> str:
    """Where to go next, and with which token; a ready one for each demo person in the demo."""
    lines = [
        "",
        f"ERP Link is at {address}",
        f"  the page  {address}/",
        f"  GraphiQL  {address}/graphiql",
        f"  GraphQL   {address}/graphql",
        "",
    ]
    if demo is not None:
        return "\n".join(lines + _demo_links(demo, address))
    return "\n".join(lines + _whose_tokens(issuers))


def _demo_links(issuer: DemoIssuer, address: str) -> list[str]:
    lines = [
        "Open the page and sign in as one of the demo people; or GraphiQL by one of these links,",
        "each of which holds a token that is good for 12 hours:",
        "",
    ]
    for person in demo_people():
        token = issuer.token(person.subject)
        lines += [
            f"  {person.subject}: {person.name}, {person.may}",
            f"    link   {address}/graphiql#token={token}",
            f"    token  {token}",
            "",
        ]
    return lines


def _whose_tokens(issuers: Sequence[OidcIssuer]) -> list[str]:
    machines = "  a token that `erp-link tokens create` made for a machine"
    people = [
        f"  a token of {each.issuer}, for the audience {each.audience}"
        + ("; the page signs people in there" if each.client_id else "")
        for each in issuers
    ]
    lines = [
        "Sign in with the header `Authorization: Bearer <token>`, in GraphiQL below the query:",
        *people,
        machines,
        "",
    ]
    if not issuers:
        lines += [
            "No person can sign in: set ERP_LINK_OIDC_ISSUERS; or ERP_LINK_DEMO=true, to try it",
            "with the demo people. docs/signing-in.md says more.",
            "",
        ]
    return lines
