"""The answer to one field each: plain Python over the ports of `domain.ports`."""
