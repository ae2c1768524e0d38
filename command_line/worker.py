"""One of several serving processes: `python -m command_line.worker FD`, begun by `serve`."""

import socket
import sys

from adapters.settings import Settings
from command_line.server import serve_on


def main() -> None:
    listening = socket.socket(fileno=int(sys.argv[1]))
    serve_on(Settings(), listening, lifeline=sys.stdin.fileno())


if __name__ == "__main__":
    main()
