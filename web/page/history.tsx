// Who did what to an invoice, and when: the attempts to unlink it, and the sync of the link that it has.
import type { WholeInvoice } from "./invoice-panel";
import { moment, OUTCOME, recordOf } from "./words";

interface Entry {
  at: string;
  by: string | null;
  what: string;
  why?: string;
}

export function History({ invoice }: { invoice: WholeInvoice }) {
  const entries = entriesOf(invoice).sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  if (entries.length === 0) return <p>Nothing is known.</p>;
  return (
    <ol className="history">
      {entries.map(({ at, by, what, why }) => (
        <li key={`${at} ${what}`}>
          <p>
            <strong>{what}</strong>
            {by && ` by ${by}`}
          </p>
          {why && <p>{why}</p>}
          <time dateTime={at}>{moment(at)}</time>
        </li>
      ))}
    </ol>
  );
}

function entriesOf({ erpLink, unlinkHistory }: WholeInvoice): Entry[] {
  const attempts = unlinkHistory.map(({ at, by, outcome, evidence }) => ({
    at,
    by,
    what: OUTCOME[outcome],
    why: evidence,
  }));
  // A link is in each attempt at it, and once more as the one that the invoice has.
  const links = new Map([...unlinkHistory.map(({ link }) => link), erpLink].map((link) => [link?.id, link]));
  const synced = [...links.values()].flatMap((link) =>
    link ? [{ at: link.syncedAt, by: link.syncedBy, what: `Synced as ${recordOf(link)}` }] : [],
  );
  return [...attempts, ...synced];
}
