// A list that loads more, as an app on Relay writes it: for relay-compiler to read, and for nobody to run.
import {graphql} from 'relay-runtime';

export const row = graphql`
  fragment InvoiceList_row on SubcontractorInvoice {
    id
    invoiceNumber
    vendor {
      name
    }
    erpLink {
      recordId
      recordState
    }
  }
`;

export const list = graphql`
  fragment InvoiceList_company on Query
  @argumentDefinitions(
    companyId: {type: "ID!"}
    count: {type: "Int", defaultValue: 25}
    cursor: {type: "String"}
  )
  @refetchable(queryName: "InvoiceListPageQuery") {
    syncedInvoices(companyId: $companyId, first: $count, after: $cursor)
      @connection(key: "InvoiceList_syncedInvoices") {
      edges {
        node {
          ...InvoiceList_row
        }
      }
    }
  }
`;

export const query = graphql`
  query InvoiceListQuery($companyId: ID!) {
    ...InvoiceList_company @arguments(companyId: $companyId)
  }
`;

export const oneInvoice = graphql`
  fragment InvoiceList_invoice on SubcontractorInvoice @refetchable(queryName: "InvoiceListInvoiceQuery") {
    ...InvoiceList_row
    locked
  }
`;

export const unlink = graphql`
  mutation InvoiceListUnlinkMutation($invoiceId: ID!) {
    unlinkInvoice(input: {invoiceId: $invoiceId}) {
      __typename
      ... on Success {
        message
        invoice {
          ...InvoiceList_invoice
        }
      }
      ... on UnlinkRefusal {
        message
        code
      }
    }
  }
`;
