"""The command line `erp-link`: one module for each group of commands."""

import gc


def main() -> None:
    """Load the commands, and run the one that was asked for.

    Nothing of what is loaded is garbage: to look for it there takes a tenth of the time.
    """
    gc.disable()
    from command_line.commands import app

    gc.enable()
    app()
