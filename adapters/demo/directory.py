"""The directory of a demo company, in the format that directories are imported from."""

from adapters.demo.companies import HELP, DemoCompany
from adapters.demo.people import people_of


def directory_of(company: DemoCompany) -> dict[str, object]:
    integration = company.integration
    return {
        "format": "erp-link.directory/1",
        "company": {"id": company.id, "name": company.name, "currency": company.currency},
        "erpIntegrations": [
            {
                "id": integration.id,
                "erp": "demo",
                "name": integration.name,
                "unlinkSupported": integration.unlink_supported,
                "deletionRequired": integration.deletion_required,
                "voidCountsAsGone": integration.void_counts_as_gone,
                "reversalCountsAsGone": integration.reversal_counts_as_gone,
                "notes": integration.notes,
                "documentationUrl": HELP,
            }
        ],
        "projects": [
            {"id": project.id, "name": project.name, "number": project.number}
            for project in company.projects
        ],
        "people": people_of(company),
    }
