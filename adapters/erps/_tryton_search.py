"""A search through Tryton's REST API: all that we ever do there."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from adapters.erps._rest import ask, unexpected
from domain.erps import ErpTrouble, Trouble


@dataclass(frozen=True, slots=True)
class TrytonSearch:
    """One database, as the user of the key sees it."""

    http: httpx2.AsyncClient = field(repr=False)
    url: str
    key: str = field(repr=False)

    async def __call__(
        self, model: str, domain: object, fields: Sequence[str], limit: int, order: object = ()
    ) -> list[Any]:
        """The records that match the domain. Raises ErpTrouble for everything but a list."""
        request = self.http.build_request(
            "GET",
            f"{self.url}/rest/model/{model}",
            # There is no limit but the one that is asked for.
            params={"d": _encoded(domain), "s": limit, "o": _encoded(order), "f": fields},
            headers={"Authorization": f"bearer {self.key}"},
        )
        answer = await ask(self.http, request)
        if answer.status == 400:
            detail = f"Tryton refuses the search (400): may the key's user read {model}?"
            raise ErpTrouble(Trouble.FORBIDDEN, detail)
        if answer.status != 200 or not isinstance(answer.body, list):
            raise unexpected(f"an answer ({answer.status}) that is no list of records")
        return answer.body


def _encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()
