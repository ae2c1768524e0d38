"""`erp-link serve` with less patience, so that a test need not have more: `... impatient FD`."""

import socket
import sys

from adapters.settings import Settings
from command_line.server import serve_on
from serving.limits import Limits

LIMITS = Limits(head_seconds=2, stalled_seconds=3, farewell_seconds=1, sweep_seconds=0.1)

if __name__ == "__main__":
    serve_on(Settings(), socket.socket(fileno=int(sys.argv[1])), limits=LIMITS)
