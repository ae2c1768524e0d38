"""The .qwc file that an administrator opens in the Web Connector: where we are, and who it is.

The guide, chapter 4. It holds no password: that one is typed into the Web Connector.
"""

from urllib.parse import urlsplit
from uuid import UUID, uuid5

from lxml import etree

from domain.erps import ErpIntegration

OWNER_ID = UUID("ffef4e44-f341-4059-87e1-58eebb077d0c")
"""Of this application, whoever runs it: under it the Web Connector keeps the FileID in the company
file. It never changes; the guide has one for each application."""
PATH = "/web-connector"
ERP = "quickbooks_desktop"
"""The kind of integration that the Web Connector is the agent of."""


class UnusableUrl(ValueError):
    """An address that the Web Connector would not call. Says why."""


def file_id(company_id: int, integration_id: int) -> UUID:
    """Which connection a company file belongs to. The same each time, for it stays in that file."""
    return uuid5(OWNER_ID, f"{company_id}/{integration_id}")


def in_braces(id: UUID) -> str:
    """As QuickBooks writes GUIDs."""
    return f"{{{id}}}"


def username(company_id: int, integration_id: int) -> str:
    """Who the Web Connector says it is."""
    return f"{company_id}-{integration_id}"


def connection_named(username: str) -> tuple[int, int] | None:
    """The ids of the company and the integration; None for what is no such name."""
    company, _, integration = username.partition("-")
    if not all(
        each.isascii() and each.isdigit() and len(each) < 19 for each in (company, integration)
    ):
        return None
    return int(company), int(integration)


def qwc(integration: ErpIntegration, url: str, minutes: int) -> bytes:
    """The file for one connection. Raises UnusableUrl.

    `url` is where this service is reached from outside, without a path; `minutes` is how often
    the Web Connector asks, once its user has switched that on.
    """
    origin = _origin(url)
    key = (integration.company_id, integration.id)
    root = etree.Element("QBWCXML")
    for tag, text in (
        ("AppName", f"ERP Link {username(*key)}"),
        ("AppID", ""),
        ("AppURL", f"{origin}{PATH}"),
        ("AppDescription", "Tells which bills of subcontractor invoices are in QuickBooks."),
        ("AppSupport", f"{origin}/"),
        ("UserName", username(*key)),
        ("OwnerID", in_braces(OWNER_ID)),
        ("FileID", in_braces(file_id(*key))),
        ("QBType", "QBFS"),
        ("PersonalDataPref", "pdpNotNeeded"),
    ):
        etree.SubElement(root, tag).text = text
    every = etree.SubElement(etree.SubElement(root, "Scheduler"), "RunEveryNMinutes")
    every.text = str(minutes)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written


def _origin(url: str) -> str:
    try:
        parts, _port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise UnusableUrl("it is no URL") from None
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise UnusableUrl("it must be a scheme, a host and maybe a port, and no more")
    if not parts.hostname or parts.scheme not in ("https", "http"):
        raise UnusableUrl("it must begin with https:// and a host")
    if parts.scheme == "http" and parts.hostname != "localhost":
        raise UnusableUrl("the Web Connector calls http only on localhost: use https")
    return f"{parts.scheme}://{parts.netloc}"
