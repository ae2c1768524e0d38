"""Tokens of OIDC issuers, against real servers on loopback."""
