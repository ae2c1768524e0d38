"""XML from outside, read by lxml with all of XML switched off that nobody needs and attackers like.

No document type, so no entity of its own (SOAP 1.1, section 3, forbids one anyhow:
https://www.w3.org/TR/2000/NOTE-SOAP-20000508/), no file or host is ever opened for one, and
libxml2's own bounds on depth and size of text stay on.
"""

from lxml import etree

Element = etree._Element


class NotXml(ValueError):
    """What is no XML, or none that is read here. Quotes nothing of it."""


def read_xml(text: bytes | str) -> Element:
    """The root of a document in UTF-8, whatever encoding it says itself. Raises NotXml."""
    written = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    # In UTF-8 a document type can be written in no other way, and nothing else may look like it
    # but text in CDATA or a comment, which none of our counterparts writes.
    if b"<!DOCTYPE" in written:
        raise NotXml("a document type, which is not read")
    try:
        return etree.fromstring(written, _parser())
    except (etree.LxmlError, ValueError):
        raise NotXml("it is no XML in UTF-8") from None


def _parser() -> etree.XMLParser:
    """A new one each time: one may not be used by two threads at once."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
    )


def text_of(element: Element) -> str:
    """What is written in an element that has no others in it. Raises NotXml."""
    if len(element):
        raise NotXml("an element where text is expected")
    return element.text or ""
