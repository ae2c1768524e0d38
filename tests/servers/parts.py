"""The parts of the suite that need a real server, and the word for one that cannot run here."""

from enum import StrEnum


class Part(StrEnum):
    """What the suite needs beside Python."""

    POSTGRESQL = "PostgreSQL"
    TRYTON = "Tryton"
    CHROMIUM = "Chromium"
    NODE_CLIENTS = "Node clients"
    SCHEMATHESIS = "Schemathesis"
    CURL = "curl"


class PartUnavailable(Exception):
    """This machine cannot run a part of the suite."""

    def __init__(self, part: Part, reason: str) -> None:
        super().__init__(f"{part}: {' '.join(reason.split())}")
