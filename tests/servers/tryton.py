"""A real Tryton with two companies, and a bookkeeper who does to its bills what people do."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx2

from tests.servers.postgresql import Postgresql
from tests.servers.processes import ServerFailed, throw_away_folder
from tests.servers.tryton_server import TrytonServer, unavailable
from tests.servers.tryton_template import prepare

BOOKKEEPER = ("bookkeeper", "bookkeeper-password")
# Tests may use a reference twice: Tryton warns of a similar bill, and our bookkeeper goes on.
WARNED = {"X-Tryton-Context": urlsafe_b64encode(b'{"_skip_warnings": true}').decode()}


class Tryton:
    """`keys` opens its REST API as: integration, auditor, stranger, nobody."""

    def __init__(self, server: TrytonServer, facts: dict[str, Any], http: httpx2.Client) -> None:
        self.url = server.url
        self.keys: dict[str, str] = facts["keys"]
        self.company: int = facts["company"]
        self.other_company: int = facts["other_company"]
        self.start, self.stop = server.start, server.stop
        self.hang, self.resume = server.hang, server.resume
        self.stopped, self.hung = server.stopped, server.hung
        self._facts = facts
        self._http = http

    def draft_bill(self, reference: str, amount: str = "1250.00") -> int:
        return self._draft_bill(self._facts["bills"][0], reference, amount)

    def bill_in_other_company(self, reference: str, amount: str = "1250.00") -> int:
        """A draft that the key `integration` cannot see, and `stranger` can."""
        return self._draft_bill(self._facts["bills"][1], reference, amount)

    def post(self, bill: int) -> None:
        self._rest("POST", f"/{bill}/post", json={})

    def cancel(self, bill: int) -> None:
        """What Tryton calls it when a bill is made void; it stays, and keeps its number."""
        self._rest("POST", f"/{bill}/cancel", json={})

    def delete(self, bill: int) -> None:
        """Tryton refuses this for any bill that was posted."""
        self._rest("DELETE", f"/{bill}")

    def pay(self, bill: int, amount: str | None = None) -> None:
        """Pay a posted bill, in full or an amount of it."""
        whose = {"active_id": bill, "active_ids": [bill], "active_model": "account.invoice"}
        context = whose | {"company": self.company}
        session, *_ = self._rpc("wizard.account.invoice.pay.create", context)
        execute = "wizard.account.invoice.pay.execute"
        form = self._rpc(execute, session, {}, "start", context)["view"]["defaults"]
        form = {name: value for name, value in form.items() if "." not in name}
        form["payment_method"] = self._facts["payment_method"]
        if amount is None:
            self._rpc(execute, session, {"start": form}, "choice", context)
            return
        form["amount"] = _decimal(amount)
        asked = self._rpc(execute, session, {"start": form}, "choice", context)["view"]["defaults"]
        asked = {name: value for name, value in asked.items() if "." not in name}
        asked["type"] = "partial"
        self._rpc(execute, session, {"start": form, "ask": asked}, "pay", context)

    def state(self, bill: int) -> str | None:
        """What the bookkeeper, who sees every company, sees of a bill. None: it is gone."""
        domain = urlsafe_b64encode(json.dumps([["id", "=", bill]]).encode()).decode()
        rows = self._rest("GET", "", params={"d": domain, "f": "state"}).json()
        return str(rows[0]["state"]) if rows else None

    def _draft_bill(self, form: dict[str, Any], reference: str, amount: str) -> int:
        [[_, [line]]] = form["lines"]
        lines = [["create", [line | {"unit_price": _decimal(amount)}]]]
        bill = form | {"reference": reference, "invoice_date": _today(), "lines": lines}
        return int(self._rest("POST", "", json=bill).json()["id"])

    def _rest(self, method: str, path: str, **request: Any) -> httpx2.Response:
        headers = {"Authorization": f"bearer {self.keys['bookkeeper']}", **WARNED}
        url = f"{self.url}/rest/model/account.invoice{path}"
        answer = self._http.request(method, url, headers=headers, **request)
        if answer.is_error:
            raise ServerFailed(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def _rpc(self, method: str, *parameters: Any) -> Any:
        """The other door: wizards, of which paying is one, have no REST."""
        call = {"id": 1, "method": method, "params": parameters}
        answer = self._http.post(f"{self.url}/rpc/", json=call, auth=BOOKKEEPER)
        answered: dict[str, Any] = answer.json() if answer.is_success else {"error": answer.text}
        if "error" in answered:
            raise ServerFailed(f"{method}: {answered['error']}")
        return answered["result"]


def _decimal(amount: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": amount}


def _today() -> dict[str, Any]:
    today = date.today()
    return {"__class__": "date", "year": today.year, "month": today.month, "day": today.day}


@contextmanager
def running_tryton(postgresql: Postgresql) -> Iterator[Tryton]:
    """Raises PartUnavailable when this machine cannot run it."""
    with throw_away_folder() as folder, httpx2.Client(timeout=60) as http:
        try:
            python, facts = prepare(postgresql)
            server = TrytonServer(python, postgresql.address, folder)
            server.start()
        except ServerFailed as failure:
            raise unavailable(f"it does not start here: {failure}") from failure
        try:
            yield Tryton(server, facts, http)
        finally:
            server.stop()
