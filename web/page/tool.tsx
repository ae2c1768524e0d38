// The tool: whose, for which company, and its synced invoices with what is done to them.
import { useEffect, useMemo, useRef } from "react";
import { useQuery } from "urql";

import { Banners } from "./banners";
import type { Service } from "./client";
import { Confirmation } from "./confirmation";
import { Filters } from "./filters";
import { Header } from "./header";
import { InvoiceList } from "./invoice-list";
import { InvoicePanel } from "./invoice-panel";
import { MyGrantsDocument, WhoAmIDocument, type WhoAmIQuery } from "./types";
import { Trouble } from "./trouble";
import { useNarrow } from "./use-narrow";
import { useLive } from "./use-live";
import { useUnlinking } from "./use-unlinking";
import { useView, type Go } from "./use-view";
import type { View } from "./view";
import { whyNotFor } from "./why-not";
import { WhyNotHere } from "./why-not-here";

export type Company = NonNullable<WhoAmIQuery["viewer"]>["companies"][number];

export function Tool({ service, onSignOut }: { service: Service; onSignOut: () => void }) {
  const [view, go] = useView();
  const [{ data, error, fetching }, askAnew] = useQuery({ query: WhoAmIDocument });
  const viewer = data?.viewer;
  const company = viewer?.companies.find(({ id }) => id === view.company);
  const first = viewer?.companies[0];

  // The address says whose invoices these are, also to whomever it is sent.
  useEffect(() => {
    if (!view.company && first) go({ company: first.id }, "replace");
  }, [view.company, first, go]);

  if (!viewer) {
    return <main className="work">{error && !fetching && <Trouble error={error} onRetry={askAnew} />}</main>;
  }
  return (
    <>
      <Header viewer={viewer} company={company} line={service.line} go={go} onSignOut={onSignOut} />
      {company ? (
        <Work key={company.id} service={service} company={company} view={view} go={go} />
      ) : (
        <main className="work">
          {!first && <p className="empty">You belong to no company here yet.</p>}
          {first && view.company && (
            <p className="empty">The address names a company that is not yours. Choose one above.</p>
          )}
        </main>
      )}
    </>
  );
}

interface WorkProps {
  service: Service;
  company: Company;
  view: View;
  go: Go;
}

function Work({ service, company, view, go }: WorkProps) {
  const live = useLive(service, company.id);
  const unlinking = useUnlinking(service.client, live.changes);
  const [{ data, error }] = useQuery({ query: MyGrantsDocument, variables: { company: company.id } });
  const grants = data?.viewer?.grants;
  const whyNot = useMemo(() => whyNotFor(company, grants), [company, grants]);
  const isReady = Boolean(grants ?? error);
  const isCovered = useNarrow() && view.invoice !== null;
  const shared = { view, go, live, unlinking, whyNot };

  const heading = useRef<HTMLHeadingElement>(null);

  // The button that somebody signed in by is gone: the keyboard goes on from the top of what came instead.
  useEffect(() => {
    if (isReady && document.activeElement === document.body) heading.current?.focus();
  }, [isReady]);

  return (
    <div className="beside">
      <main className={isReady ? "work" : "work unready"} inert={isCovered}>
        <div className="top">
          <h1 ref={heading} tabIndex={-1}>Subcontractor Invoices - Synced with ERP</h1>
          <WhyNotHere company={company} grants={grants} />
          <Filters company={company} view={view} go={go} />
        </div>
        <InvoiceList company={company} {...shared} />
      </main>
      {view.invoice && <InvoicePanel key={view.invoice} id={view.invoice} company={company} {...shared} />}
      <Banners {...unlinking} go={go} />
      <Confirmation company={company} {...unlinking} />
    </div>
  );
}
