"""The QuickBooks Web Connector's side of things, without a network: SOAP, WSDL, the .qwc file.

Intuit's program on a customer's computer polls us; the facts are from the *QuickBooks Web
Connector Programmer's Guide*, Intuit 2022, chapters 2, 4, 5, 8 and 10, and from the WSDL that its
users pass around (github.com/consolibyte/quickbooks-php QuickBooks/QBWebConnectorSvc.wsdl).
Never seen with the real program by us.
"""

NAMESPACE = "http://developer.intuit.com/"
"""The guide, chapter 5: it must be this one for all services."""
