"""A Web Connector: an independent SOAP client that makes the eight calls as Intuit's does.

In the order of the *QuickBooks Web Connector Programmer's Guide*, chapter 2, with zeep, which
knows of the service what its WSDL says.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import zeep
from lxml import etree

from adapters.web_connector.qwc import OWNER_ID
from tests.adapters.erps.vendors.quickbooks_desktop import PASSWORD, CompanyFile

STATUS = 'statusCode="0" statusSeverity="Info" statusMessage="Status OK"'


def company_shown(file_id: UUID | None, owner_id: UUID = OWNER_ID) -> str:
    """`strHCPResponse`: what QuickBooks says of itself and of the company, in the first call."""
    private = (
        ""
        if file_id is None
        else f"<DataExtRet><OwnerID>{{{owner_id}}}</OwnerID><DataExtName>FileID</DataExtName>"
        "<DataExtType>STR255TYPE</DataExtType>"
        f"<DataExtValue>{{{str(file_id).upper()}}}</DataExtValue></DataExtRet>"
    )
    return (
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>'
        f'<HostQueryRs requestID="0" {STATUS}><HostRet><ProductName>QuickBooks Pro 2024'
        "</ProductName></HostRet></HostQueryRs>"
        f'<CompanyQueryRs requestID="1" {STATUS}><CompanyRet><CompanyName>Harbor Builders'
        "</CompanyName><DataExtRet><OwnerID>{"
        f"{OWNER_ID}"
        "}</OwnerID><DataExtName>AppLock</DataExtName><DataExtType>STR255TYPE</DataExtType>"
        f"<DataExtValue>LOCKED:OFFICE-PC:633</DataExtValue></DataExtRet>{private}</CompanyRet>"
        "</CompanyQueryRs></QBXMLMsgsRs></QBXML>"
    )


@dataclass
class Connector:
    """One Web Connector, with the QuickBooks beside it."""

    address: str
    username: str
    company_file: CompanyFile
    shown: str
    """What it shows of the company file."""
    password: str = PASSWORD
    calls: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What it shows its user in the column *Status*."""
    service: Any = None

    async def call(self, name: str, **told: Any) -> Any:
        self.calls.append(name)
        if self.service is None:
            transport = zeep.Transport()
            transport.session.headers["Connection"] = "close"  # so that the service ends at once
            client = await asyncio.to_thread(
                zeep.Client, f"{self.address}?wsdl", transport=transport
            )
            binding = "{http://developer.intuit.com/}QBWebConnectorSvcSoap"
            self.service = client.create_service(binding, self.address)
        return await asyncio.to_thread(self.service[name], **told)

    async def begin(self) -> tuple[str, str]:
        """To the ticket, and what else `authenticate` answers."""
        assert await self.call("serverVersion") == "ERP Link"
        assert not await self.call("clientVersion", strVersion="2.3.0.215")
        answer = await self.call(
            "authenticate", strUserName=self.username, strPassword=self.password
        )
        return answer[0] or "", answer[1] or ""

    async def asked(self, ticket: str, first: bool = True, path: str | None = None) -> str:
        """What QuickBooks is to be asked."""
        answer = await self.call(
            "sendRequestXML",
            ticket=ticket,
            strHCPResponse=self.shown if first else "",
            strCompanyFileName=path or self.company_file.path,
            qbXMLCountry="US",
            qbXMLMajorVers=16,
            qbXMLMinorVers=0,
        )
        return answer or ""

    async def bring(self, ticket: str, response: str, hresult: str = "", message: str = "") -> int:
        percent: int = await self.call(
            "receiveResponseXML",
            ticket=ticket,
            response=response,
            hresult=hresult,
            message=message,
        )
        return percent

    async def last_error(self, ticket: str) -> str:
        said = await self.call("getLastError", ticket=ticket) or ""
        self.said.append(said)
        return said

    async def close(self, ticket: str) -> str:
        said = await self.call("closeConnection", ticket=ticket) or ""
        self.said.append(said)
        return said

    async def visit(
        self, bring: Callable[[str], str] = lambda answer: answer, most: int = 20
    ) -> list[str]:
        """A whole visit; the names of the calls that it took."""
        self.calls.clear()
        self.said.clear()
        ticket, path = await self.begin()
        if path not in ("none", "nvu", "busy"):
            assert path == self.company_file.path
            await self._exchange(ticket, bring, most)
        await self.close(ticket)
        return list(self.calls)

    async def _exchange(self, ticket: str, bring: Callable[[str], str], most: int) -> None:
        percent = 0
        while 0 <= percent < 100:
            assert self.calls.count("sendRequestXML") < most, "it never ends"
            request = await self.asked(ticket, first=percent == 0)
            if not request:
                await self.last_error(ticket)
                return
            percent = await self.bring(ticket, bring(self.company_file.process(request)))
        if percent < 0:
            await self.last_error(ticket)


def asked_ids(request: str) -> list[str]:
    """The TxnIDs that a request asks for, in its order."""
    return [each.text or "" for each in etree.fromstring(request.encode()).iter("TxnID")]
