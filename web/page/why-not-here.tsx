// Tells at first sight that somebody can only look, and all that would have to be so for them to unlink.
import type { Company } from "./tool";
import { lacks, type Grants } from "./why-not";

export function WhyNotHere({ company, grants }: { company: Company; grants: Grants | undefined }) {
  if (!grants) return null;
  const details = lacks(grants);
  const incapable = company.erpIntegrations.filter((each) => !each.unlinkSupported);
  if (details.length) {
    return (
      <aside className="notice" aria-label="What you may do here">
        <p>You can look at these invoices, but not unlink them. You lack:</p>
        <ul>
          {details.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </aside>
    );
  }
  return incapable.map(({ id, name, notes }) => (
    <aside className="notice" key={id} aria-label={`What ${name} can do`}>
      <p>
        {name} does not support unlinking. {notes}
      </p>
    </aside>
  ));
}
