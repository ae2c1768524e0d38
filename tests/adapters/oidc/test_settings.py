"""How issuers are configured, and what is refused before the service starts."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.oidc_settings import OidcIssuer
from adapters.settings import Settings

LOGIN = "https://login.example/realms/harbor"
SECURE = "must be an https URL"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The issuers that a value of the variable stands for."""
    monkeypatch.chdir(tmp_path)

    def read(value: object) -> tuple[OidcIssuer, ...]:
        text = value if isinstance(value, str) else json.dumps(value)
        monkeypatch.setenv("ERP_LINK_OIDC_ISSUERS", text)
        return Settings().oidc_issuers

    return read


def test_without_issuers_there_are_none(configured: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert configured("") == configured("[]") == ()
    monkeypatch.delenv("ERP_LINK_OIDC_ISSUERS")
    assert Settings().oidc_issuers == ()


def test_an_issuer_needs_no_more_than_its_name(configured: Any) -> None:
    [issuer] = configured([{"issuer": LOGIN}])

    assert (issuer.issuer, issuer.audience, issuer.jwks_uri) == (LOGIN, "erp-link", None)


def test_issuers_are_several_and_each_has_its_own_audience_and_keys(configured: Any) -> None:
    keys = "https://keys.example/jwks?policy=sign-in"
    one: dict[str, Any] = {"issuer": LOGIN, "audience": "erp-link", "jwks_uri": None}
    two: dict[str, Any] = {"issuer": f"{LOGIN}/", "audience": "api://erp", "jwks_uri": keys}

    assert configured([one, two]) == (OidcIssuer(**one), OidcIssuer(**two))


@pytest.mark.parametrize(
    "address",
    [
        *("https://login.example", "https://login.example:8443/", "HTTPS://login.example"),
        *("http://localhost:9000/realm", "http://127.0.0.1/", "http://127.8.9.1", "http://[::1]/"),
    ],
)
def test_an_issuer_is_on_https_or_on_this_machine(configured: Any, address: str) -> None:
    assert configured([{"issuer": address}])[0].issuer == address


@pytest.mark.parametrize(
    "address",
    [
        *("http://login.example", "http://10.0.0.1/", "http://localhost.example/", "ftp://x/"),
        *("http://127.0.0.1.example/", "http://localhost@login.example/", "http://[::2]/"),
        *("login.example", "/realm", "https://", "https:///x", "", "https://login.example#x"),
        *("https://us:secret@login.example", "https://us@login.example", "https://x y.example"),
        *("https://login.example/\n", " https://login.example", "https://login.example:99999"),
        *("https://lögin.example", "https://login.example/é", "file:///etc/passwd"),
    ],
)
@pytest.mark.parametrize("name", ["issuer", "jwks_uri"])
def test_no_other_address_is_taken(configured: Any, name: str, address: str) -> None:
    with pytest.raises(ValidationError, match=SECURE):
        configured([{"issuer": LOGIN, name: address}])


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://login.example/realms/harbor/", "https://login.example"),
        ("HTTPS://Login.Example:443", "https://login.example"),
        ("https://login.example:8443/x", "https://login.example:8443"),
        ("http://127.0.0.1:9000/realm", "http://127.0.0.1:9000"),
    ],
)
def test_an_issuers_origin_is_as_browsers_write_it(
    configured: Any, address: str, origin: str
) -> None:
    assert configured([{"issuer": address}])[0].origin == origin


def test_the_page_is_a_client_only_where_that_is_said(configured: Any) -> None:
    page = {"client_id": "erp-link-page", "scope": "openid api://erp/read"}
    more = {"parameters": {"resource": "https://erp-link.example"}}
    known, other = configured([{"issuer": LOGIN, **page, **more}, {"issuer": f"{LOGIN}/"}])

    assert other.client_id is None
    assert known.for_the_page() == {
        "issuer": LOGIN,
        "clientId": "erp-link-page",
        "name": "login.example/realms/harbor",
        "audience": "erp-link",
        "scope": "openid api://erp/read",
        **more,
    }


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{", "must be a list, as JSON"),
        ("[" * 100_000, "must be a list, as JSON"),
        ("null", "must be a list, as JSON"),
        (LOGIN, "must be a list, as JSON"),
        ({"issuer": LOGIN}, "must be a list, as JSON"),
        ([LOGIN], "valid dictionary"),
        ([{}], "Field required"),
        ([{"issuer": 7}], "valid string"),
        ([{"issuer": f"{LOGIN}?tenant=7"}], "must have no query"),
        ([{"issuer": LOGIN, "audience": ""}], "at least 1 character"),
        ([{"issuer": LOGIN, "audience": ["erp-link"]}], "valid string"),
        ([{"issuer": LOGIN, "client_id": ""}], "at least 1 character"),
        ([{"issuer": LOGIN, "scope": "profile"}], "should match pattern"),
        ([{"issuer": LOGIN, "scope": "openid  profile"}], "should match pattern"),
        ([{"issuer": LOGIN, "parameters": {"resource": 1}}], "valid string"),
        ([{"issuer": LOGIN, "jwks": LOGIN}], "Extra inputs are not permitted"),
        ([{"issuer": LOGIN}, {"issuer": LOGIN, "audience": "x"}], "must name each issuer once"),
    ],
)
def test_a_slip_of_the_pen_is_told(configured: Any, value: object, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        configured(value)
