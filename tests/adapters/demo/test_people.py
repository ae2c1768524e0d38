"""The demo people: each of the three grants is lacked by somebody, alone."""

from adapters.demo.companies import CASCADE, NORTHSHORE, PRAIRIE
from adapters.demo.people import demo_people
from adapters.demo.seeding import seed
from adapters.erps.demo import DemoBills
from adapters.store.directory import SqlCompanyDirectory
from adapters.store.engine import Database
from adapters.tokens import DEMO_ISSUER
from domain.permissions import UnlinkPermission, missing_permissions

COMMITMENTS = UnlinkPermission.COMMITMENTS_ADMIN
ERP_INTEGRATIONS = UnlinkPermission.ERP_INTEGRATIONS_STANDARD
PUSH = UnlinkPermission.CAN_PUSH_TO_ACCOUNTING
COMPANIES = {company.id: company for company in (CASCADE, NORTHSHORE, PRAIRIE)}

LACKING = {
    ("ada", CASCADE.id): [],
    ("ben", CASCADE.id): [COMMITMENTS],
    ("carmen", CASCADE.id): [ERP_INTEGRATIONS],
    ("dev", CASCADE.id): [PUSH],
    ("emil", CASCADE.id): [COMMITMENTS, ERP_INTEGRATIONS, PUSH],
    ("fatima", NORTHSHORE.id): [],
    ("grace", PRAIRIE.id): [],
    ("hugo", CASCADE.id): [COMMITMENTS, ERP_INTEGRATIONS, PUSH],
    ("hugo", NORTHSHORE.id): [],
}


async def test_each_lacks_what_is_said_of_them_on_every_project(
    database: Database, bills: DemoBills
) -> None:
    await seed(database, bills)
    directory = SqlCompanyDirectory(database)

    found = {}
    for person in demo_people():
        viewer = await directory.viewer(DEMO_ISSUER, person.subject)
        assert viewer is not None
        assert viewer.name == person.name
        for company in viewer.companies:
            grants = await directory.grants(company.id, viewer.id)
            lacking = {
                missing_permissions(grants, project.id)
                for project in COMPANIES[company.id].projects
            }
            assert len(lacking) == 1
            found[person.subject, company.id] = [each.permission for each in lacking.pop()]

    assert found == LACKING


def test_everyone_is_told_apart_and_described() -> None:
    people = demo_people()

    assert len({person.subject for person in people}) == len(people)
    assert all(person.subject == person.name.split()[0].lower() for person in people)


def test_what_is_said_of_each_names_what_they_lack() -> None:
    said = {person.subject: person.may for person in demo_people()}

    assert said["ada"] == "may unlink at Cascade Ridge Builders"
    assert "lacks Admin on Commitments" in said["ben"]
    assert "lacks Standard on ERP Integrations" in said["carmen"]
    assert "lacks Can Push to Accounting" in said["dev"]
    assert "lacks all three grants" in said["emil"]
    assert "whose ERP cannot unlink" in said["grace"]
    assert said["hugo"] == (
        "may unlink at Northshore Constructors Ltd.; "
        "may only look at Cascade Ridge Builders, lacks all three grants"
    )
