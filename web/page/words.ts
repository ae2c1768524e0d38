// How values read on screen. The page speaks American English, as its users' field does.
import type {
  AccessLevel,
  AmountFragment,
  ErpRecordState,
  InvoiceInListFragment,
  SubcontractorInvoiceStatus,
  UnlinkAttemptOutcome,
} from "./types";

const LOCALE = "en-US";

export const STATUS: Record<SubcontractorInvoiceStatus, string> = {
  DRAFT: "Draft",
  UNDER_REVIEW: "Under review",
  REVISE_AND_RESUBMIT: "Revise and resubmit",
  APPROVED: "Approved",
  APPROVED_AS_NOTED: "Approved as noted",
  PENDING_OWNER_APPROVAL: "Pending owner approval",
};

export const RECORD_STATE: Record<ErpRecordState, string> = {
  DRAFT: "Draft",
  OPEN: "Open",
  PARTLY_PAID: "Partly paid",
  PAID: "Paid",
  VOIDED: "Voided",
  REVERSED: "Reversed",
  DELETED: "Deleted",
  ABSENT: "Not found",
};

export const OUTCOME: Record<UnlinkAttemptOutcome, string> = {
  UNLINKED: "Unlinked",
  STILL_IN_ERP: "Refused: still in the ERP",
  PERMISSION_DENIED: "Refused: permissions missing",
  INVOICE_NOT_FOUND: "Refused: no such invoice",
  INVOICE_NOT_SYNCED: "Refused: not synced",
  UNLINK_NOT_SUPPORTED: "Refused: the ERP cannot unlink",
  ERP_UNAVAILABLE: "Not decided: no definite answer from the ERP",
  UNLINK_PENDING: "Waits for the ERP's agent",
};

export const LEVEL: Record<AccessLevel, string> = {
  NONE: "None",
  READ_ONLY: "Read Only",
  STANDARD: "Standard",
  ADMIN: "Admin",
};

/** The subcontractor's own number or, without one, its place on the commitment. */
export function numberOf(invoice: Pick<InvoiceInListFragment, "invoiceNumber" | "number">): string {
  return invoice.invoiceNumber ?? `#${invoice.number}`;
}

/** What people call a bill in the ERP. */
export function recordOf(link: { documentNumber: string | null; recordId: string }): string {
  return link.documentNumber ?? link.recordId;
}

/** By currency: to make one takes longer than all else that a row needs. */
const MONEY = new Map<string, Intl.NumberFormat>();

/** To the last digit: the text itself is formatted, and never made a binary number. */
export function money(value: AmountFragment | null): string {
  if (!value) return "\u2013";
  const { amount, currency } = value;
  const format = MONEY.get(currency) ?? new Intl.NumberFormat(LOCALE, { style: "currency", currency });
  MONEY.set(currency, format);
  return format.format(amount as Intl.StringNumericLiteral);
}

export function percent(value: string | null): string {
  return value === null ? "\u2013" : `${Number(value)} %`;
}

export function count(value: number): string {
  return value.toLocaleString(LOCALE);
}

const DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeZone: "UTC" });
const MOMENT_DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" });
const MOMENT = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });

/** A day has no zone, so none may move it. */
export function day(value: string | null): string {
  return value === null ? "\u2013" : DAY.format(new Date(value));
}

export function dayOf(moment: string): string {
  return MOMENT_DAY.format(new Date(moment));
}

export function moment(value: string): string {
  return MOMENT.format(new Date(value));
}

export function period(invoice: Pick<InvoiceInListFragment, "periodStart" | "periodEnd" | "billingDate">): string {
  const { periodStart, periodEnd, billingDate } = invoice;
  if (periodStart === null || periodEnd === null) return day(billingDate);
  return DAY.formatRange(new Date(periodStart), new Date(periodEnd));
}

const AGES: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const AGE = new Intl.RelativeTimeFormat(LOCALE, { style: "short" });

export function age(value: string, now: number): string {
  const seconds = (now - Date.parse(value)) / 1000;
  for (const [unit, length] of AGES) {
    if (seconds >= length) return AGE.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}
