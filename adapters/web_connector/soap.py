"""SOAP 1.1, document/literal: a call is read from its envelope, an answer is put into one.

Own code, because no SOAP server for Python is kept up any more; it reads eight flat calls, and
refuses everything else before it looks at much of it. https://www.w3.org/TR/2000/NOTE-SOAP-20000508/
"""

import re

from lxml import etree

from adapters.safe_xml import Element, NotXml, read_xml, text_of
from adapters.web_connector import NAMESPACE
from adapters.web_connector.operations import OPERATIONS, Answer, Call

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
MEDIA_TYPE = "text/xml"
MOST_HEADERS = 10

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


class SoapFault(Exception):
    """A request that is answered with a fault; `code` is one of SOAP 1.1, section 4.4.1."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_call(body: bytes) -> Call:
    """The call in an envelope. Raises SoapFault, which quotes nothing of it."""
    try:
        return _call(_entry(read_xml(body)))
    except NotXml as problem:
        raise SoapFault("Client", f"the request cannot be read: {problem}") from None


def _entry(envelope: Element) -> Element:
    """The one element in the body."""
    name = etree.QName(envelope)
    if name.localname == "Envelope" and name.namespace != ENVELOPE:
        raise SoapFault("VersionMismatch", "SOAP 1.1 is spoken here")
    if name.localname != "Envelope" or len(envelope) > 2:
        raise SoapFault("Client", "the request is no SOAP envelope")
    parts = {part: envelope.findall(f"{{{ENVELOPE}}}{part}") for part in ("Header", "Body")}
    if len(parts["Body"]) != 1 or any(len(header) > MOST_HEADERS for header in parts["Header"]):
        raise SoapFault("Client", "the envelope must hold one body, and few headers")
    for header in parts["Header"]:
        if any(each.get(f"{{{ENVELOPE}}}mustUnderstand") in ("1", "true") for each in header):
            raise SoapFault("MustUnderstand", "no header is understood here")
    (body,) = parts["Body"]
    if len(body) != 1:
        raise SoapFault("Client", "the body must hold one call")
    return body[0]


def _call(entry: Element) -> Call:
    name = etree.QName(entry)
    if name.namespace != NAMESPACE or name.localname not in OPERATIONS:
        raise SoapFault("Client", "the call is none of the QuickBooks Web Connector's")
    operation = OPERATIONS[name.localname]
    told = dict.fromkeys(operation.parameters, "")
    if len(entry) > len(told):
        raise SoapFault("Client", "the call has more parameters than it should")
    said = [(etree.QName(each), text_of(each)) for each in entry]
    names = [each.localname for each, _ in said if each.namespace in (NAMESPACE, None)]
    if len(set(names)) != len(names) or not set(names) <= set(operation.parameters):
        raise SoapFault("Client", "the call has other parameters than it should, or one twice")
    told |= {each.localname: text for each, text in said if each.localname in told}
    for number in operation.whole_numbers:
        if not re.fullmatch(r"\s*[0-9]{1,6}\s*", told[number]):
            raise SoapFault("Client", f"{number} is no whole number")
    return Call(name.localname, told)


def write_answer(call: Call, answer: Answer) -> bytes:
    """What a call is answered, in its envelope."""
    response = etree.Element(f"{{{NAMESPACE}}}{call.name}Response", nsmap={None: NAMESPACE})
    result = etree.SubElement(response, f"{{{NAMESPACE}}}{call.name}Result")
    if isinstance(answer, str | int):
        result.text = _writable(answer)
    else:
        for text in answer:
            etree.SubElement(result, f"{{{NAMESPACE}}}string").text = _writable(text)
    return _written(response)


def write_fault(fault: SoapFault) -> bytes:
    """What a request is answered that is no call, or that failed."""
    told = etree.Element(f"{{{ENVELOPE}}}Fault")
    etree.SubElement(told, "faultcode").text = f"soap:{fault.code}"
    etree.SubElement(told, "faultstring").text = _writable(str(fault))
    return _written(told)


def _written(entry: Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(entry)
    written: bytes = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
    return written


def _writable(value: str | int) -> str:
    return _UNWRITABLE.sub("\ufffd", str(value))
