// The three tabs that stand ready. GraphiQL titles a tab by the name of its operation.
// Lines are short, to be read whole beside the answer in a window 1280 wide.

const LIST = `# The invoices synced with a company's ERP.
# First run the tab WhoAmI, and copy the id of
# a company from there into Variables, below.
query SyncedInvoices($companyId: ID!) {
  syncedInvoices(companyId: $companyId) {
    totalCount
    nodes {
      id
      invoiceNumber
      status
      locked
      currentPaymentDue { amount currency }
      vendor { name }
      project { name }
      commitment { title }
      erpLink {
        recordId
        documentNumber
        recordState
        syncedAt
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const UNLINK = `# Unlinks an invoice, if you may and it is safe.
# First run the tab SyncedInvoices, and copy the
# id of an invoice from there into Variables.
mutation Unlink($invoiceId: ID!) {
  unlinkInvoice(input: {invoiceId: $invoiceId}) {
    __typename
    ... on Success {
      message
      invoice {
        locked
        unlinkHistory { at by outcome }
      }
    }
    ... on UnlinkRefusal { message code }
    ... on StillInErp {
      link { recordId }
      recordState
      advice
    }
    ... on PermissionDenied { missing { where } }
  }
}
`;

const WHO_AM_I = `# Who the token says you are. Needs no variables.
# The id of a company in the answer is what the
# tab SyncedInvoices asks for.
query WhoAmI {
  viewer {
    name
    companies {
      id
      name
      erpIntegrations { id name unlinkSupported }
    }
  }
}
`;

function variables(values: Record<string, string>): string {
  return JSON.stringify(values, null, 2);
}

export const FIRST_TAB = { query: LIST, variables: variables({ companyId: "PASTE-A-COMPANY-ID-HERE" }) };

export const TABS = [
  FIRST_TAB,
  { query: UNLINK, variables: variables({ invoiceId: "PASTE-AN-INVOICE-ID-HERE" }) },
  { query: WHO_AM_I },
];
