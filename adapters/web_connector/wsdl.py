"""The WSDL 1.1 of our service, for whoever wants to call it without the Web Connector.

The Web Connector itself does not ask for it. Messages, actions and types are those of Intuit's
(github.com/consolibyte/quickbooks-php QuickBooks/QBWebConnectorSvc.wsdl holds them).
"""

from lxml import etree

from adapters.safe_xml import Element
from adapters.web_connector import NAMESPACE
from adapters.web_connector.operations import OPERATIONS, Operation

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
OVER_HTTP = "http://schemas.xmlsoap.org/soap/http"
NAME = "QBWebConnectorSvc"
_TYPES = {str: "xs:string", int: "xs:int", list: "tns:ArrayOfString"}


def wsdl(address: str) -> bytes:
    """The description of the eight calls, at the address where the service is reached."""
    root = etree.Element(
        f"{{{WSDL}}}definitions",
        nsmap={None: WSDL, "soap": SOAP, "xs": SCHEMA, "tns": NAMESPACE},
        targetNamespace=NAMESPACE,
    )
    _types(_in(root, "types"))
    for name in OPERATIONS:
        for way, element in (("In", name), ("Out", f"{name}Response")):
            message = _in(root, "message", name=f"{name}Soap{way}")
            _in(message, "part", name="parameters", element=f"tns:{element}")
    port_type = _in(root, "portType", name=f"{NAME}Soap")
    binding = _in(root, "binding", name=f"{NAME}Soap", type=f"tns:{NAME}Soap")
    _soap(binding, "binding", transport=OVER_HTTP, style="document")
    for name in OPERATIONS:
        abstract = _in(port_type, "operation", name=name)
        concrete = _in(binding, "operation", name=name)
        _soap(concrete, "operation", soapAction=f"{NAMESPACE}{name}", style="document")
        for way, direction in (("In", "input"), ("Out", "output")):
            _in(abstract, direction, message=f"tns:{name}Soap{way}")
            _soap(_in(concrete, direction), "body", use="literal")
    port = _in(_in(root, "service", name=NAME), "port", name=f"{NAME}Soap")
    port.set("binding", f"tns:{NAME}Soap")
    _soap(port, "address", location=address)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def _types(types: Element) -> None:
    schema = etree.SubElement(
        types,
        f"{{{SCHEMA}}}schema",
        targetNamespace=NAMESPACE,
        elementFormDefault="qualified",
    )
    texts = _sequence(_typed(schema, "complexType", name="ArrayOfString"))
    _typed(texts, "element", name="string", type="xs:string", minOccurs="0", maxOccurs="unbounded")
    for name, operation in OPERATIONS.items():
        _request(_sequence_of(schema, name), operation)
        result = {"name": f"{name}Result", "type": _TYPES[operation.answer], "minOccurs": "0"}
        _typed(_sequence_of(schema, f"{name}Response"), "element", **result)


def _request(sequence: Element, operation: Operation) -> None:
    for parameter in operation.parameters:
        is_number = parameter in operation.whole_numbers
        kind, least = ("xs:int", "1") if is_number else ("xs:string", "0")
        _typed(sequence, "element", name=parameter, type=kind, minOccurs=least)


def _sequence_of(schema: Element, name: str) -> Element:
    return _sequence(_typed(_typed(schema, "element", name=name), "complexType"))


def _sequence(type_: Element) -> Element:
    return _typed(type_, "sequence")


def _in(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)


def _typed(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{SCHEMA}}}{tag}", attributes)


def _soap(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{SOAP}}}{tag}", attributes)
