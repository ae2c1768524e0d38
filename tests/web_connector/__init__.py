"""The QuickBooks Web Connector, played by zeep, at the service on a real socket."""
