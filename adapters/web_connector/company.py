"""Which company file the Web Connector is connected with: what the first call of a session shows.

`strHCPResponse` holds QuickBooks' answers about itself, the company and its preferences; among the
company's private data is the FileID that the Web Connector has put into the file, under the
OwnerID of the .qwc (the guide, chapters 4, 8 and 10).
"""

from uuid import UUID

from adapters.safe_xml import Element, NotXml, read_xml
from adapters.web_connector.qwc import OWNER_ID


def file_ids(company: str) -> frozenset[UUID]:
    """The FileIDs of our application in a company file. Raises NotXml."""
    found = read_xml(company).iterfind("QBXMLMsgsRs/CompanyQueryRs/CompanyRet/DataExtRet")
    return frozenset(
        file_id
        for each in found
        if each.findtext("DataExtName") == "FileID"
        and _guid(each, "OwnerID") == OWNER_ID
        and (file_id := _guid(each, "DataExtValue")) is not None
    )


def is_of(company: str, file_id: UUID) -> bool:
    """Whether the company file is the one that this FileID was put into, and no other one."""
    try:
        return file_ids(company) == {file_id}
    except NotXml:
        return False


def _guid(element: Element, tag: str) -> UUID | None:
    try:
        return UUID((element.findtext(tag) or "").strip())
    except ValueError:
        return None
