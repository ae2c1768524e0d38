"""The eight calls of the Web Connector: their names, what they are told, what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Answer = str | int | Sequence[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. Parameters are texts, but for the whole numbers among them."""

    parameters: tuple[str, ...]
    answer: type
    """str, int, or list: several texts."""
    whole_numbers: frozenset[str] = frozenset()


VERSIONS = ("qbXMLMajorVers", "qbXMLMinorVers")

OPERATIONS: Mapping[str, Operation] = {
    "serverVersion": Operation(("strVersion",), str),
    "clientVersion": Operation(("strVersion",), str),
    "authenticate": Operation(("strUserName", "strPassword"), list),
    "sendRequestXML": Operation(
        ("ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry", *VERSIONS),
        str,
        frozenset(VERSIONS),
    ),
    "receiveResponseXML": Operation(("ticket", "response", "hresult", "message"), int),
    "connectionError": Operation(("ticket", "hresult", "message"), str),
    "getLastError": Operation(("ticket",), str),
    "closeConnection": Operation(("ticket",), str),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came: every parameter of its operation, empty where nothing was said."""

    name: str
    told: Mapping[str, str]

    def __repr__(self) -> str:
        """Without what is told: passwords, tickets and a company's books."""
        return f"Call({self.name})"

    def __getitem__(self, parameter: str) -> str:
        return self.told[parameter]
