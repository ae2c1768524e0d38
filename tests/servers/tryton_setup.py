"""Furnish an empty Tryton over HTTP: `tryton_setup.py URL PASSWORD FACTS`.

Runs in Tryton's environment, never in ours, for the sake of proteus, Tryton's client library.
Makes two companies that keep books, the people who ask, and writes what the tests must know.
"""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from proteus import Model, Wizard, config  # type: ignore[import-not-found]  # not ours to install

# One fiscal year and one period for every day the prepared database may be used on.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)

Record = Any
Facts = dict[str, Any]


def make(model: str, **values: Any) -> Record:
    record = Model.get(model)(**values)
    record.save()
    return record


def find(model: str, *domain: tuple[str, str, Any]) -> Record:
    return Model.get(model).find(list(domain))[0]


def one(record: Record) -> Record:
    """The record for use in another one: proteus lets a record have one parent only."""
    return type(record)(record.id)


def make_currency() -> Record:
    dollar = make("currency.currency", name="US Dollar", code="USD", symbol="$")
    make("currency.currency.rate", currency=dollar, date=FIRST_DAY, rate=Decimal(1))
    return dollar


def make_company(name: str, currency: Record) -> Record:
    company = make("company.company", party=make("party.party", name=name), currency=one(currency))
    admin = find("res.user", ("login", "=", "admin"))
    admin.companies.append(one(company))
    admin.company, admin.company_filter = one(company), "all"
    admin.save()
    return company


def account(company: Record, kind: str) -> Record:
    what = (f"type.{kind}", "=", True), ("party_required", "=", kind == "payable")
    return find("account.account", ("company", "=", company.id), *what)


def open_books(company: Record) -> None:
    """A chart of accounts, and a fiscal year that numbers moves and invoices."""
    chart = Wizard("account.create_chart")
    chart.execute("account")
    root = Model.get("ir.model.data").get_id("account", "account_template_root_en", {})
    chart.form.account_template = Model.get("account.account.template")(root)
    chart.form.company = one(company)
    chart.execute("create_account")
    chart.execute("create_properties")

    year = Model.get("account.fiscalyear")(name="Always", company=one(company))
    year.start_date, year.end_date = FIRST_DAY, LAST_DAY
    year.move_sequence = make_sequence("Account Move", company)
    numbers = make_sequence("Invoice", company)
    (sequences,) = year.invoice_sequences
    for kind in ("invoice", "credit_note"):
        setattr(sequences, f"in_{kind}_sequence", one(numbers))
        setattr(sequences, f"out_{kind}_sequence", one(numbers))
    year.save()
    make("account.period", name="Always", fiscalyear=year, start_date=FIRST_DAY, end_date=LAST_DAY)


def make_sequence(kind: str, company: Record) -> Record:
    sequence_type = find("ir.sequence.type", ("name", "=", kind))
    return make("ir.sequence.strict", name=kind, sequence_type=sequence_type, company=one(company))


def make_bill_form(company: Record, currency: Record, supplier: Record) -> Facts:
    """What every bill of this company has in common, as Tryton's API takes it."""
    whose = {"company": company.id, "currency": currency.id, "party": supplier.id}
    line = whose | {"type": "line", "invoice_type": "in", "quantity": 1}
    line["account"] = account(company, "expense").id
    return whose | {
        "type": "in",
        "invoice_address": supplier.addresses[0].id,
        "account": account(company, "payable").id,
        "journal": find("account.journal", ("type", "=", "expense")).id,
        "payment_term": find("account.invoice.payment_term").id,
        "lines": [["create", [line]]],
    }


def make_payment_method(company: Record) -> Record:
    cash = find("account.account", ("code", "=", "1.1.1"), ("company", "=", company.id))
    return make(
        "account.invoice.payment.method",
        name="Cash",
        company=one(company),
        journal=find("account.journal", ("type", "=", "cash")),
        credit_account=cash,
        debit_account=one(cash),
    )


def make_key(login: str, companies: list[Record], **rights: Any) -> str:
    """A person of these companies, and the key under which a program may act as them."""
    user = Model.get("res.user")(name=login.title(), login=login, password=f"{login}-password")
    for company in list(user.companies):
        user.companies.remove(company)
    user.companies.extend(map(one, companies))
    user.company = one(companies[0]) if companies else None
    user.company_filter = "all"
    if rights.pop("accounting", True):
        user.groups.append(find("res.group", ("name", "=", "Accounting")))
    for name, value in rights.items():
        setattr(user, name, value)
    user.save()
    return str(make("res.user.application", user=user, application="rest").key)


def furnish() -> Facts:
    dollar = make_currency()
    term = Model.get("account.invoice.payment_term")(name="Direct")
    term.lines.new(type="remainder")
    term.save()
    supplier = make("party.party", name="Subcontractor Ltd")
    companies = {}
    for name in ("company", "other_company"):
        companies[name] = make_company(f"The {name.replace('_', ' ')}", dollar)
        with config.get_config().set_context(company=companies[name].id):
            open_books(companies[name])
    ours, theirs = companies.values()
    return {
        "company": ours.id,
        "other_company": theirs.id,
        "bills": [make_bill_form(company, dollar, supplier) for company in companies.values()],
        "payment_method": make_payment_method(ours).id,
        "keys": {
            "bookkeeper": make_key("bookkeeper", [ours, theirs]),
            "integration": make_key("integration", [ours]),
            "auditor": make_key("auditor", [ours], administrator=True),
            "stranger": make_key("stranger", [theirs]),
            "nobody": make_key("nobody", [ours], accounting=False),
        },
    }


if __name__ == "__main__":
    url, password, facts = sys.argv[1:]
    with config.set_xmlrpc_session(url, "admin", password):
        Path(facts).write_text(json.dumps(furnish()))
