"""The demo people: some who may unlink, and some who lack one grant of the three, or all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.demo.companies import CASCADE, NORTHSHORE, PRAIRIE, DemoCompany
from adapters.tokens import DEMO_ISSUER


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to act as. `subject` is what a token calls them; `remark`: who may what."""

    subject: str
    name: str
    remark: str


@dataclass(frozen=True, slots=True)
class DemoGrants:
    """What a person may do in a company. Levels in the words of the directory format."""

    commitments: str = "admin"
    """On every project of the company."""
    erp_integrations: str = "standard"
    can_push_to_accounting: bool = True


@dataclass(frozen=True, slots=True)
class Cast:
    """A demo person with their grants by company id."""

    person: DemoPerson
    grants: Mapping[int, DemoGrants] = field(default_factory=dict)


MAY = DemoGrants()
MAY_LOOK = DemoGrants("read_only", "read_only", can_push_to_accounting=False)

CAST = (
    Cast(
        DemoPerson("ada", "Ada Whitfield", f"may unlink at {CASCADE.name}"),
        {CASCADE.id: MAY},
    ),
    Cast(
        DemoPerson("ben", "Ben Okafor", "like ada, but only Standard on Commitments"),
        {CASCADE.id: DemoGrants(commitments="standard")},
    ),
    Cast(
        DemoPerson("carmen", "Carmen Ortiz", "like ada, but only Read Only on ERP Integrations"),
        {CASCADE.id: DemoGrants(erp_integrations="read_only")},
    ),
    Cast(
        DemoPerson("dev", "Dev Raman", "like ada, but without Can Push to Accounting"),
        {CASCADE.id: DemoGrants(can_push_to_accounting=False)},
    ),
    Cast(
        DemoPerson("emil", "Emil Lindqvist", f"of {CASCADE.name}, lacks all three grants"),
        {CASCADE.id: DemoGrants("read_only", "none", can_push_to_accounting=False)},
    ),
    Cast(
        DemoPerson("fatima", "Fatima Haddad", f"may unlink at {NORTHSHORE.name}"),
        {NORTHSHORE.id: MAY},
    ),
    Cast(
        DemoPerson(
            "grace", "Grace Tallman", f"has all grants at {PRAIRIE.name}, whose ERP cannot unlink"
        ),
        {PRAIRIE.id: MAY},
    ),
    Cast(
        DemoPerson(
            "hugo", "Hugo Lefebvre", f"may unlink at {NORTHSHORE.name}, only look at {CASCADE.name}"
        ),
        {NORTHSHORE.id: MAY, CASCADE.id: MAY_LOOK},
    ),
)


def demo_people() -> Sequence[DemoPerson]:
    """Everyone whom a demo token can be made for."""
    return [cast.person for cast in CAST]


def people_of(company: DemoCompany) -> list[dict[str, object]]:
    """The company's people, as its directory lists them."""
    return [
        {
            "name": cast.person.name,
            "identities": [{"issuer": DEMO_ISSUER, "subject": cast.person.subject}],
            "erpIntegrations": grants.erp_integrations,
            "canPushToAccounting": grants.can_push_to_accounting,
            "commitments": {str(project.id): grants.commitments for project in company.projects},
        }
        for cast in CAST
        if (grants := cast.grants.get(company.id)) is not None
    ]
