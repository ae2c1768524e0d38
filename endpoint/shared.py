"""What every way to ask shares, in one process."""

from collections.abc import Collection
from dataclasses import dataclass, field

from endpoint.deadline import Operations
from endpoint.documents import Documents
from endpoint.lasting import OpenOnes


@dataclass(frozen=True, slots=True)
class Shared:
    """The documents that may be run, what is under way, and the bounds of both."""

    documents: Documents = field(default_factory=Documents)
    operations: Operations = field(default_factory=Operations)
    open_ones: OpenOnes = field(default_factory=OpenOnes)
    allowed_origins: Collection[str] = ()
    """The pages of other hosts that may ask."""
    request_seconds: float = 30.0
    body_seconds: float = 10.0
