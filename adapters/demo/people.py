"""The demo people: some who may unlink, and some who lack one grant of the three, or all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.demo.companies import CASCADE, COMPANIES, NORTHSHORE, PRAIRIE, DemoCompany
from adapters.tokens import DEMO_ISSUER
from domain.permissions import AccessLevel, Grants, UnlinkPermission, missing_permissions

_LACKS = {
    UnlinkPermission.COMMITMENTS_ADMIN: "Admin on Commitments",
    UnlinkPermission.ERP_INTEGRATIONS_STANDARD: "Standard on ERP Integrations",
    UnlinkPermission.CAN_PUSH_TO_ACCOUNTING: "Can Push to Accounting",
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to act as. `subject` is what a token calls them; `may`: who may what, as the end of
    a sentence about them."""

    subject: str
    name: str
    may: str


@dataclass(frozen=True, slots=True)
class DemoGrants:
    """What a person may do in a company. Levels in the words of the directory format."""

    commitments: str = "admin"
    """On every project of the company."""
    erp_integrations: str = "standard"
    can_push_to_accounting: bool = True

    def on(self, company: DemoCompany) -> Grants:
        commitments = AccessLevel[self.commitments.upper()]
        return Grants(
            AccessLevel[self.erp_integrations.upper()],
            self.can_push_to_accounting,
            {project.id: commitments for project in company.projects},
        )


@dataclass(frozen=True, slots=True)
class Cast:
    """A demo person with their grants by company id."""

    subject: str
    name: str
    grants: Mapping[int, DemoGrants] = field(default_factory=dict)


MAY = DemoGrants()
MAY_LOOK = DemoGrants("read_only", "read_only", can_push_to_accounting=False)

CAST = (
    Cast("ada", "Ada Whitfield", {CASCADE.id: MAY}),
    Cast("ben", "Ben Okafor", {CASCADE.id: DemoGrants(commitments="standard")}),
    Cast("carmen", "Carmen Ortiz", {CASCADE.id: DemoGrants(erp_integrations="read_only")}),
    Cast("dev", "Dev Raman", {CASCADE.id: DemoGrants(can_push_to_accounting=False)}),
    Cast(
        "emil",
        "Emil Lindqvist",
        {CASCADE.id: DemoGrants("read_only", "none", can_push_to_accounting=False)},
    ),
    Cast("fatima", "Fatima Haddad", {NORTHSHORE.id: MAY}),
    Cast("grace", "Grace Tallman", {PRAIRIE.id: MAY}),
    Cast("hugo", "Hugo Lefebvre", {NORTHSHORE.id: MAY, CASCADE.id: MAY_LOOK}),
)


def demo_people() -> Sequence[DemoPerson]:
    """Everyone whom a demo token can be made for."""
    return [DemoPerson(cast.subject, cast.name, "; ".join(_may(cast))) for cast in CAST]


def _may(cast: Cast) -> Iterator[str]:
    """What someone may do at each of their companies, by the very rules of an unlink."""
    companies = {company.id: company for company in COMPANIES}
    for company_id, granted in cast.grants.items():
        company = companies[company_id]
        missing = missing_permissions(granted.on(company), company.projects[0].id)
        if len(missing) == len(UnlinkPermission):
            yield f"may only look at {company.name}, lacks all three grants"
        elif missing:
            lacks = " and ".join(_LACKS[each.permission] for each in missing)
            yield f"may not unlink at {company.name}, lacks {lacks}"
        elif not company.integration.unlink_supported:
            yield f"has all grants at {company.name}, whose ERP cannot unlink"
        else:
            yield f"may unlink at {company.name}"


def people_of(company: DemoCompany) -> list[dict[str, object]]:
    """The company's people, as its directory lists them."""
    return [
        {
            "name": cast.name,
            "identities": [{"issuer": DEMO_ISSUER, "subject": cast.subject}],
            "erpIntegrations": grants.erp_integrations,
            "canPushToAccounting": grants.can_push_to_accounting,
            "commitments": {str(project.id): grants.commitments for project in company.projects},
        }
        for cast in CAST
        if (grants := cast.grants.get(company.id)) is not None
    ]
