"""What databases give for days, instants and amounts: turned into values, and into the text that
clients are shown.

SQLite keeps days and instants as text and amounts in cents; PostgreSQL is asked for text.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
ENDLESS = {"-infinity": FIRST, "infinity": LAST}
"""What asyncpg makes of Python's first and last day and instant, as PostgreSQL writes it:
https://github.com/MagicStack/py-pgproto/blob/master/codecs/datetime.pyx"""


def day(kept: str) -> date:
    return ENDLESS[kept].date() if kept in ENDLESS else date.fromisoformat(kept)


def of_day(kept: str) -> str:
    """`2026-03-31`."""
    return ENDLESS[kept].date().isoformat() if kept in ENDLESS else kept


def instant(kept: str) -> datetime:
    """In UTC, which is not said in what is kept."""
    return ENDLESS.get(kept) or datetime.fromisoformat(f"{kept}+00:00")


def of_instant(kept: str) -> str:
    """`2026-03-31T12:00:00Z`: either all digits of a fraction are told, or none without one."""
    if kept in ENDLESS:
        kept = ENDLESS[kept].isoformat(" ")[:-6]
    fraction = kept[19:]
    told = "" if fraction in ("", ".000000") else fraction.ljust(7, "0")
    return f"{kept[:10]}T{kept[11:19]}{told}Z"


def amount_of_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def of_cents(cents: int) -> str:
    """`1250.00`."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"
