"""The capability registry: what is documented of each kind of integration, by its short name.

Two families of facts. Whether invoices are synced, whether they can be unlinked and whether that
takes a deletion is what Procore's help says of its connectors. How a bill is taken out of the
books is what the ERP's own documentation, or its users, say. A fact marked [R] is recalled, and
was never seen written down: it is advice alone, and no rule rests on it.

That a void or a reversal counts as gone is documented of no ERP, so that no entry says it. Of ERPs
that Procore has no connector to, only how a bill is taken out of their books is known.
"""

from collections.abc import Mapping
from datetime import timedelta

from domain.capabilities import Capabilities, Fact, Removal, Rule, Way

SUPPORT = "https://support.procore.com"
USER_GUIDE = f"{SUPPORT}/products/online/user-guide/company-level/erp-integrations"
ARCHIVES = f"{SUPPORT}/tc/procore/Legacy/ERP_Archives"
TUTORIALS = (
    "https://en-ca.support.procore.com/products/online/user-guide/project-level/invoicing/"
    "tutorials/delete-a-subcontractor-invoice"
)
"""Its "see also" lists the ERPs that have a tutorial on unlinking subcontractor invoices."""
CONDENSED = "https://github.com/christiangerbich/procore-erp-map"
"""What a third party condensed of Procore's pages on what there is to know of each connector."""


def _facts(
    syncs: Fact[bool] | None = None,
    unlink: str | None = None,
    deletion: str | None = None,
) -> Mapping[Rule, Fact[bool]]:
    """`unlink` and `deletion` are the pages that say that it can be done, and that it takes one."""
    said = {
        Rule.SYNCS_SUBCONTRACTOR_INVOICES: syncs,
        Rule.UNLINK_SUPPORTED: Fact(True, unlink) if unlink else None,
        Rule.DELETION_REQUIRED: Fact(True, deletion) if deletion else None,
    }
    return {rule: fact for rule, fact in said.items() if fact is not None}


_SAGE_100 = (
    f"{SUPPORT}/integrations/sage-100/tutorials/unlink-subcontractor-invoices-synced-with-erp"
)
_ACUMATICA = (
    f"{SUPPORT}/integrations/acumatica-construction/tutorials/"
    "unlink-subcontractor-invoices-synced-with-erp"
)
_MYOB = (
    "https://en-au.support.procore.com/integrations/myob-advanced/tutorials/"
    "unlink-subcontractor-invoices-synced-with-erp"
)
_YARDI = (
    f"{ARCHIVES}/Legacy_Yardi_Tutorials/accept-or-reject-subcontractor-invoices-for-export-to-yardi"
)
_VISTA = (
    f"{SUPPORT}/integrations/integration-by-ryvit/tutorials/"
    "export-subcontractor-invoices-from-procore-to-viewpoint-vista"
)
_QUICKBOOKS = (
    f"{SUPPORT}/faq/"
    "how-do-i-set-up-the-subcontractor-invoices-and-payments-feature-for-procore-quickbooks"
)
_QBO = (
    f"{ARCHIVES}/legacy-qbo-tutorials/"
    "send-subcontractor-invoices-to-erp-integrations-for-accounting-acceptance"
)
_NETSUITE = (
    f"{SUPPORT}/integrations/netsuite/tutorials/"
    "accept-or-reject-subcontractor-invoices-for-export-to-erp"
)
_SAGE_300 = f"{SUPPORT}/faq/which-fields-in-a-procore-subcontractor-invoice-sync-with-sage-300-cre"
_WORKDAY = "https://beta.support.procore.com/product-manuals/workday/detailed-data-mapping"
_WORKDAY_TUTORIALS = "https://v2.support.procore.com/zh-sg/product-manuals/workday/tutorials"
_SPECTRUM = f"{USER_GUIDE}/viewpoint-spectrum/about-viewpoint-spectrum"
_XERO = (
    "https://en-ca.support.procore.com/products/online/user-guide/company-level/erp-integrations/"
    "xero/things-to-know-about-xero"
)
_INTACCT_HELP = "https://www.intacct.com/ia/docs/en_US/help_action/Accounts_Payable/Bills"

_BUSINESS_CENTRAL = (
    "https://github.com/MicrosoftDocs/nav-content.en-au/blob/live/dynamics-nav-app/"
    "purchasing-how-correct-cancel-unpaid-purchase-invoices.md"
)

_REVERSED_IN_ACUMATICA = Removal(
    {
        Way.REVERSE: "reverse it (Actions > Reverse), once, then release the debit adjustment "
        "that this makes and apply it to the bill"
    },
    sources=(
        "https://www.loganconsulting.com/blog/acumatica-erp-reversing-a-bill/",
        "https://help.myob.com.au/advanced/Docs/Published/JobAids/APC__HOW_To_Reverse_Bill.html",
    ),
    only_if="Its retainage documents have to be reversed before it.",
)

REGISTRY: Mapping[str, Capabilities] = {
    "sage_100_contractor": Capabilities(
        "Sage 100 Contractor",
        _facts(Fact(True, _SAGE_100), _SAGE_100, _SAGE_100),
        # Said of commitments, whose connector is the same.
        Fact(
            timedelta(hours=1),
            f"{ARCHIVES}/Legacy-Sage-100-Tutorials/"
            "unlink-commitments-synced-with-sage-100-contractor",
        ),
        _SAGE_100,
        Removal(
            {Way.VOID: "void it from its entry window, in the period that it was posted in"},
            ("https://help-sage100contractor.na.sage.com",),  # of payments: said of receivables
            paid="reverse its payments",
        ),
    ),
    "sage_300_cre": Capabilities(
        "Sage 300 CRE",
        _facts(Fact(True, _SAGE_300), TUTORIALS),
        # Said of commitments, as above.
        Fact(
            timedelta(hours=1),
            f"{ARCHIVES}/Legacy-Sage300CRE-Tutorials/unlink-commitments-synced-with-sage-300-cre",
        ),
        _SAGE_300,
    ),
    "sage_intacct": Capabilities(
        "Sage Intacct",
        _facts(Fact(True, f"{USER_GUIDE}/sage-intacct"), TUTORIALS),
        documentation=f"{USER_GUIDE}/sage-intacct",
        removal=Removal(
            {
                Way.DELETE: "delete it, unless your company does not allow that for posted bills",
                Way.REVERSE: "reverse it, which cannot be undone",
            },
            sources=(
                f"{_INTACCT_HELP}/Delete_or_reverse_bills/about-delete-reverse-bill.htm",
                f"{_INTACCT_HELP}/Troubleshooting/troubleshoot-reverse-bills.htm",
            ),
            paid="cancel its payment request",
            when_paid={Way.REVERSE: "reverse it: a paid bill cannot be deleted there"},
            only_if="What was reconciled needs its reconciliation reopened first.",
        ),
    ),
    "quickbooks_desktop": Capabilities(
        "QuickBooks Desktop",
        _facts(Fact(True, _QUICKBOOKS), TUTORIALS),
        documentation=_QUICKBOOKS,
        removal=Removal(
            {Way.DELETE: "delete it", Way.VOID: "void it, which leaves it there at zero"},
            (
                "https://developer.intuit.com/app/developer/qbdesktop/docs/api-reference/"
                "qbdesktop/txnvoid",
                "https://docs.conductor.is/api-ref/qbd/bills/void.md",
            ),
            paid="unlink its payment",
        ),
    ),
    "quickbooks_online": Capabilities(
        "QuickBooks Online",
        _facts(Fact(True, _QBO)),
        documentation=f"{USER_GUIDE}/qbo",
        removal=Removal(
            # A bill is none of what can be voided there. That its payment stands in the way is [R].
            {Way.DELETE: "delete it: a bill cannot be voided there"},
            ("https://developer.intuit.com/hub/blog/2017/05/11/webhooks-quickbooks-online-api-2",),
            paid="delete its bill payment",
        ),
    ),
    "xero": Capabilities(
        "Xero",
        _facts(Fact(True, _XERO), TUTORIALS),
        documentation=_XERO,
        removal=Removal(
            {Way.VOID: "void it: only drafts and submitted bills can be deleted there"},
            ("https://xero.uservoice.com/forums/5528-accounting-api/suggestions/49050935",),
            paid="remove its payment",
        ),
    ),
    "netsuite": Capabilities(
        "NetSuite",
        _facts(Fact(True, _NETSUITE)),
        documentation=_NETSUITE,
        removal=Removal(
            {
                Way.DELETE: "delete it, which is permanent",
                Way.VOID: "void it, which leaves it there at zero",
            },
            # Of payments: said of vendor prepayments.
            ("https://support.jcurvesolutions.com/hc/en-us/articles/22161650049049",),
            paid="remove the payments that are applied to it",
            only_if="If its accounting period is closed or locked, reopen that month first.",
        ),
    ),
    "acumatica": Capabilities(
        "Acumatica",
        _facts(Fact(True, _ACUMATICA), _ACUMATICA, _ACUMATICA),
        documentation=_ACUMATICA,
        removal=_REVERSED_IN_ACUMATICA,
    ),
    "myob_advanced": Capabilities(
        "MYOB Advanced",
        _facts(Fact(True, _MYOB), _MYOB, _MYOB),
        documentation=_MYOB,
        removal=_REVERSED_IN_ACUMATICA,
    ),
    "business_central": Capabilities(
        "Business Central",
        removal=Removal(
            {Way.VOID: "cancel it, which makes a credit memo and leaves it there as canceled"},
            (_BUSINESS_CENTRAL,),
            paid="unapply its payment",  # [R]: said is that a paid one cannot be canceled
        ),
    ),
    "odoo": Capabilities(
        "Odoo",
        removal=Removal(
            {
                Way.DELETE: "reset it to draft and delete it, which is only possible of the last "
                "number of its series",
                # That a draft can be cancelled is [R].
                Way.VOID: "reset it to draft and cancel it",
                Way.REVERSE: "add a credit note for all of it",
            },
            (
                "https://pypi.org/project/odoo-addon-account-move-reconcile-forbid-cancel/",
                "https://github.com/ingadhoc/account-financial-tools/commit/"
                "16f234811cc7c28882c8f56b69a5de2c57ab585a",
            ),
        ),
    ),
    "erpnext": Capabilities(
        "ERPNext",
        removal=Removal(
            {Way.DELETE: "have it cancelled, then delete it", Way.VOID: "cancel it"},
            (
                "https://github.com/frappe/frappe/blob/develop/frappe/model/delete_doc.py",
                "https://discuss.frappe.io/t/version-12-proposal-changing-the-cancellation-"
                "workflow/45655",
            ),
            paid="have its payment entry cancelled",
            only_if="What was made from it has to be cancelled before it.",
        ),
    ),
    "yardi_voyager": Capabilities(
        # Of subcontracts alone: invoices of purchase orders are not synced.
        "Yardi Voyager",
        _facts(Fact(True, _YARDI), TUTORIALS),
        documentation=_YARDI,
    ),
    "vista": Capabilities(
        "Vista",
        _facts(Fact(True, _VISTA), TUTORIALS),
        documentation=_VISTA,
        removal=Removal(
            {
                Way.DELETE: "pull the transaction into a batch of its original month, mark it "
                "with the action D, and process the batch"
            },
            ("https://help.silvertrek.net/article/497-delete-ap-transaction",),
            only_if="If that month is closed, reopen it first.",
        ),
    ),
    "spectrum": Capabilities(
        # What the connector does is listed there; subcontractor invoices are not.
        "Spectrum",
        _facts(Fact(False, _SPECTRUM)),
        documentation=_SPECTRUM,
    ),
    "cmic": Capabilities("CMiC", _facts(Fact(True, CONDENSED))),
    "mri_platform_x": Capabilities("MRI Platform X", _facts(Fact(True, CONDENSED))),
    "workday": Capabilities(
        "Workday",
        _facts(Fact(True, _WORKDAY), _WORKDAY_TUTORIALS),
        documentation=_WORKDAY,
    ),
}

NOTHING_KNOWN = Capabilities("your ERP")


def capabilities_of(erp: str) -> Capabilities:
    """What is known of a kind of integration, by its short name; of an unknown one, nothing."""
    return REGISTRY.get(erp, NOTHING_KNOWN)
