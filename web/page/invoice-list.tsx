// The list: one page of it, as it is in the service, with what others did since.
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useQuery } from "urql";

import { Columns } from "./columns";
import { InvoiceRow } from "./invoice-row";
import { Pages, PAGE_SIZE } from "./pages";
import type { Company } from "./tool";
import { Trouble } from "./trouble";
import { HowManyDocument, SyncedInvoicesDocument } from "./types";
import type { Live } from "./use-live";
import { useNow } from "./use-now";
import { useSlow } from "./use-slow";
import type { Unlinking } from "./use-unlinking";
import type { Go } from "./use-view";
import { filterOf, isFiltered, orderOf, type View } from "./view";
import type { WhyNot } from "./why-not";

interface Props {
  company: Company;
  view: View;
  go: Go;
  live: Live;
  unlinking: Unlinking;
  whyNot: WhyNot;
}

/** An unlink changes how many there are, though no answer of it names the list. */
const COUNTS = { additionalTypenames: ["SubcontractorInvoice"] };
const ANEW = { requestPolicy: "network-only" } as const;
const COUNT_PAUSE_MS = 500;

export function InvoiceList({ company, view, go, live, unlinking, whyNot }: Props) {
  const keep = useMemo(() => ({ company: company.id, filter: filterOf(view) }), [company.id, view]);
  const page = view.before ? { last: PAGE_SIZE, before: view.before } : { first: PAGE_SIZE, after: view.after };
  const [list, readList] = useQuery({
    query: SyncedInvoicesDocument,
    variables: { ...keep, orderBy: orderOf(view), ...page },
  });
  const [total, readTotal] = useQuery({ query: HowManyDocument, variables: keep, context: COUNTS });
  const now = useNow();
  const isReading = list.fetching || list.stale;
  const isSlow = useSlow(isReading);
  const isCounting = useSlow(total.fetching);
  const found = list.data?.syncedInvoices;
  const invoices = useMemo(() => found?.nodes ?? [], [found]);
  const focus = useKeptFocus(invoices.map(({ id }) => id));

  useEffect(() => {
    if (live.beginnings > 0) readList(ANEW);
  }, [live.beginnings, readList]);

  useEffect(() => {
    if (live.changes.size === 0) return;
    const timer = window.setTimeout(() => readTotal(ANEW), COUNT_PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [live.changes, readTotal]);

  // What was before the page is gone meanwhile: the page is the first, and a whole one.
  const isShort = Boolean(view.before && found && !found.pageInfo.hasPreviousPage && invoices.length < PAGE_SIZE);
  useEffect(() => {
    if (isShort && !list.stale) go({ before: null, after: null }, "replace");
  }, [isShort, list.stale, go]);

  const listed = new Set(invoices.map(({ id }) => id));
  const more = [...live.changes.values()].filter(({ kind, invoice }) => kind === "LINKED" && !listed.has(invoice.id));

  return (
    <section className={isSlow ? "list slow" : "list"} aria-busy={isReading} aria-label="Synced invoices">
      {isSlow && <div className="progress" role="progressbar" aria-label="Reading the list" />}
      {list.error && !list.fetching && <Trouble error={list.error} onRetry={() => readList(ANEW)} />}
      <div className="scroll">
        <table role="table" {...focus}>
          <caption className="unseen">Subcontractor invoices that are synced with the ERP</caption>
          <Columns sort={view.sort} go={go} />
          <tbody role="rowgroup">
            {invoices.map((invoice) => (
              <InvoiceRow
                key={invoice.id}
                invoice={invoice}
                change={live.changes.get(invoice.id)}
                isOpen={invoice.id === view.invoice}
                {...{ go, unlinking, whyNot, now }}
              />
            ))}
          </tbody>
        </table>
        {found && invoices.length === 0 && (
          <p className="empty">
            {isFiltered(view) ? "No synced invoice is like this." : "No invoice is synced with the ERP."}
          </p>
        )}
      </div>
      <Pages
        info={found?.pageInfo}
        total={isCounting ? "counting" : total.data?.syncedInvoices?.totalCount}
        newer={more.length}
        go={go}
        onShowNewer={() => readList(ANEW)}
      />
    </section>
  );
}

/** When the row that has the focus goes, the row that takes its place has it: nobody loses their place. */
function useKeptFocus(ids: string[]) {
  const table = useRef<HTMLTableElement>(null);
  const place = useRef<{ id: string; index: number }>(null);

  useLayoutEffect(() => {
    const lost = place.current;
    if (!lost || ids.includes(lost.id) || document.activeElement !== document.body) return;
    const rows = table.current?.querySelectorAll<HTMLElement>("tbody tr") ?? [];
    rows[Math.min(lost.index, rows.length - 1)]?.querySelector<HTMLElement>("button, a")?.focus();
    place.current = null;
  });

  return {
    ref: table,
    onFocus: (event: React.FocusEvent) => {
      const row = event.target.closest("tr");
      const index = row ? [...(row.parentElement?.children ?? [])].indexOf(row) : -1;
      place.current = row?.dataset["invoice"] ? { id: row.dataset["invoice"], index } : null;
    },
  };
}
