// Why a person cannot unlink, as far as it is known before anything is asked of the ERP. The service decides; this only
// tells beforehand, in the words with which it would refuse. All three grants are needed, as the help page has it.
import type { Company } from "./tool";
import type { AccessLevel, InvoiceInListFragment, MyGrantsQuery } from "./types";
import { LEVEL } from "./words";

export type Grants = NonNullable<MyGrantsQuery["viewer"]>["grants"];

export interface Reason {
  message: string;
  /** All that lacks, with where to get it. */
  details: string[];
}

/** Null: may unlink. Undefined: not known yet. */
export type WhyNot = (invoice: InvoiceInListFragment) => Reason | null | undefined;

const LACKS = "You do not have all the permissions that unlinking this invoice takes.";

export function whyNotFor(company: Company, grants: Grants | undefined): WhyNot {
  return (invoice) => {
    const integration = company.erpIntegrations.find(({ id }) => id === invoice.erpLink?.integration.id);
    if (grants === undefined) return undefined;
    const details = lacks(grants, invoice.project);
    if (details.length) return { message: LACKS, details };
    if (integration && !integration.unlinkSupported) {
      const { name, notes } = integration;
      return { message: `${name} does not support unlinking.`, details: notes ? [notes] : [] };
    }
    return null;
  };
}

/** What lacks on a project; without one, what lacks wherever one looks. */
export function lacks(grants: Grants, project?: { id: string; name: string }): string[] {
  const found: string[] = [];
  const levels = grants.commitments.filter((each) => !project || each.project.id === project.id);
  if (!levels.some(({ level }) => level === "ADMIN")) {
    const where = project ? `the Commitments tool of the project ${project.name}` : "the Commitments tool of a project";
    found.push(levelLacks("Admin", where, project ? (levels[0]?.level ?? "NONE") : null));
  }
  const { erpIntegrations: level, canPushToAccounting } = grants;
  if (level !== "STANDARD" && level !== "ADMIN") {
    found.push(levelLacks("Standard or Admin", "the company's ERP Integrations tool", level));
  }
  if (!canPushToAccounting) found.push("The privilege Can Push to Accounting, in the Company Directory");
  return found;
}

export function levelLacks(required: string, where: string, current: AccessLevel | null): string {
  return `${required} on ${where}${current ? `: you have ${LEVEL[current]}` : ""}`;
}
