// What is looked at. All of it stands in the address, so that a view can be shared and survives a reload.
import type {
  ErpRecordState,
  SubcontractorInvoiceStatus,
  SyncedInvoiceFilter,
  SyncedInvoiceOrder,
  SyncedInvoiceOrderField,
} from "./types";
import { RECORD_STATE, STATUS } from "./words";

export interface View {
  /** Null: the first of the person's companies. */
  company: string | null;
  search: string;
  project: string | null;
  vendor: string | null;
  status: SubcontractorInvoiceStatus | null;
  state: ErpRecordState | null;
  /** First and last day that is billed for. */
  from: string | null;
  to: string | null;
  sort: { field: SyncedInvoiceOrderField; descending: boolean };
  /** The cursor that the page begins after, or ends before. */
  after: string | null;
  before: string | null;
  /** The invoice in the side panel. */
  invoice: string | null;
}

const SORTS: Record<string, SyncedInvoiceOrderField> = {
  synced: "SYNCED_AT",
  period: "BILLING_DATE",
  invoice: "INVOICE_NUMBER",
  amount: "CURRENT_PAYMENT_DUE",
};
const SORT_NAMES = new Map(Object.entries(SORTS).map(([name, field]) => [field, name]));
const PARTS = ["company", "project", "vendor", "after", "before", "invoice"] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Reads loosely: whatever an address says that is no view is as if it were not said. */
export function readView(address: string): View {
  const said = new URLSearchParams(address);
  const sort = said.get("sort") ?? "-synced";
  const day = (name: string) => (DAY.test(said.get(name) ?? "") ? said.get(name) : null);
  return {
    company: said.get("company"),
    search: said.get("search") ?? "",
    project: said.get("project"),
    vendor: said.get("vendor"),
    status: oneOf(STATUS, said.get("status")),
    state: oneOf(RECORD_STATE, said.get("state")),
    from: day("from"),
    to: day("to"),
    sort: { field: SORTS[sort.replace(/^-/, "")] ?? "SYNCED_AT", descending: sort.startsWith("-") },
    after: said.get("after"),
    before: said.get("before"),
    invoice: said.get("invoice"),
  };
}

/** The address of a view: only what is not as usual. */
export function addressOf(view: View): string {
  const said = new URLSearchParams();
  for (const part of PARTS) if (view[part]) said.set(part, view[part]);
  for (const part of ["search", "from", "to"] as const) if (view[part]) said.set(part, view[part]);
  if (view.status) said.set("status", view.status.toLowerCase());
  if (view.state) said.set("state", view.state.toLowerCase());
  const sort = `${view.sort.descending ? "-" : ""}${SORT_NAMES.get(view.sort.field) ?? ""}`;
  if (sort !== "-synced") said.set("sort", sort);
  return said.size ? `/?${said}` : "/";
}

/** Another list begins at its start; another company is another world. */
export function changed(view: View, change: Partial<View>): View {
  if (view.company && "company" in change && change.company !== view.company) {
    return { ...readView(""), company: change.company ?? null };
  }
  const isSameList = Object.keys(change).every((part) => ["company", "after", "before", "invoice"].includes(part));
  return { ...view, ...(isSameList ? {} : { after: null, before: null }), ...change };
}

export function isFiltered(view: View): boolean {
  return Boolean(view.search || view.project || view.vendor || view.status || view.state || view.from || view.to);
}

export const NO_FILTER = {
  search: "",
  project: null,
  vendor: null,
  status: null,
  state: null,
  from: null,
  to: null,
} satisfies Partial<View>;

export function filterOf(view: View): SyncedInvoiceFilter {
  return {
    ...(view.search && { search: view.search }),
    ...(view.project && { projectIds: [view.project] }),
    ...(view.vendor && { vendorIds: [view.vendor] }),
    ...(view.status && { statuses: [view.status] }),
    ...(view.state && { recordStates: [view.state] }),
    ...((view.from || view.to) && { billingDate: { start: view.from, end: view.to } }),
  };
}

export function orderOf(view: View): SyncedInvoiceOrder {
  return { field: view.sort.field, direction: view.sort.descending ? "DESC" : "ASC" };
}

function oneOf<Choice extends string>(choices: Record<Choice, string>, said: string | null): Choice | null {
  const choice = said?.toUpperCase() ?? "";
  return Object.hasOwn(choices, choice) ? (choice as Choice) : null;
}
