// The heads of the columns, by some of which the list can be ordered.
import type { SyncedInvoiceOrderField } from "./types";
import type { Go } from "./use-view";
import type { View } from "./view";

const COLUMNS: { name: string; short: string; by?: SyncedInvoiceOrderField }[] = [
  { name: "Invoice #", short: "number", by: "INVOICE_NUMBER" },
  { name: "Vendor", short: "vendor" },
  { name: "Commitment", short: "commitment" },
  { name: "Project", short: "project" },
  { name: "Billing period", short: "period", by: "BILLING_DATE" },
  { name: "Amount", short: "amount", by: "CURRENT_PAYMENT_DUE" },
  { name: "Status", short: "status" },
  { name: "ERP record", short: "record" },
  { name: "Synced", short: "synced", by: "SYNCED_AT" },
  { name: "Record state", short: "state" },
];

export function Columns({ sort, go }: { sort: View["sort"]; go: Go }) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {COLUMNS.map(({ name, short, by }) => {
          if (!by) {
            return (
              <th key={name} role="columnheader" scope="col" className={short}>
                {name}
              </th>
            );
          }
          const isSorted = sort.field === by;
          const order = isSorted ? (sort.descending ? "descending" : "ascending") : "none";
          // Money and moments are looked at from the top; names from the beginning.
          const descending = isSorted ? !sort.descending : by !== "INVOICE_NUMBER";
          return (
            <th key={name} role="columnheader" scope="col" className={`${short} sortable`} aria-sort={order}>
              <button type="button" onClick={() => go({ sort: { field: by, descending } })}>
                {name}
              </button>
            </th>
          );
        })}
        <th role="columnheader" scope="col" className="action">
          <span className="unseen">Unlink</span>
        </th>
      </tr>
    </thead>
  );
}
