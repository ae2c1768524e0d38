// One invoice, beside the list: what it comes to, where it is in the ERP, and who did what to it when.
import { useEffect, useRef } from "react";
import { Button } from "react-aria-components";
import { useQuery } from "urql";

import { G702 } from "./g702";
import { History } from "./history";
import { RecordState } from "./record-state";
import type { Company } from "./tool";
import { Trouble } from "./trouble";
import { WholeInvoiceDocument, type WholeInvoiceQuery } from "./types";
import { UnlinkButton } from "./unlink-button";
import type { Live } from "./use-live";
import { useNow } from "./use-now";
import { useSlow } from "./use-slow";
import type { Unlinking } from "./use-unlinking";
import type { Go } from "./use-view";
import type { WhyNot } from "./why-not";
import { day, money, moment, numberOf, percent, period, recordOf, STATUS } from "./words";

export type WholeInvoice = NonNullable<WholeInvoiceQuery["subcontractorInvoice"]>;

interface Props {
  id: string;
  company: Company;
  go: Go;
  live: Live;
  unlinking: Unlinking;
  whyNot: WhyNot;
}

export function InvoicePanel({ id, company, go, live, unlinking, whyNot }: Props) {
  const [{ data, error, fetching }, read] = useQuery({ query: WholeInvoiceDocument, variables: { invoice: id } });
  const now = useNow();
  const isSlow = useSlow(fetching);
  const title = useRef<HTMLHeadingElement>(null);
  const invoice = data?.subcontractorInvoice;
  const change = live.changes.get(id);

  useEffect(() => {
    if (change || live.beginnings > 0 || unlinking.ended > 0) read({ requestPolicy: "network-only" });
  }, [change, live.beginnings, unlinking.ended, read]);

  // The keyboard goes where the eyes go, and back to where they came from.
  useEffect(() => title.current?.focus(), []);
  function close() {
    go({ invoice: null });
    document.querySelector<HTMLElement>(`tr[data-invoice="${CSS.escape(id)}"] a`)?.focus();
  }

  const name = invoice ? `Invoice ${numberOf(invoice)}` : "Invoice";
  return (
    <aside className="panel" aria-label={name} onKeyDown={(event) => event.key === "Escape" && close()}>
      <div className="head">
        <h2 ref={title} tabIndex={-1}>
          {name}
        </h2>
        <Button onPress={close} aria-label="Close invoice">
          ✕
        </Button>
      </div>
      {isSlow && <div className="progress" role="progressbar" aria-label="Reading the invoice" />}
      {error && !fetching && <Trouble error={error} onRetry={() => read({ requestPolicy: "network-only" })} />}
      {data && !invoice && <p className="empty">There is no such invoice, or it is not yours.</p>}
      {invoice && (
        <>
          <Facts invoice={invoice} />
          <h3>Link to the ERP</h3>
          {invoice.erpLink ? (
            <Link link={invoice.erpLink} company={company} now={now} />
          ) : (
            <p>Not synced: it can be edited or deleted, and sent again.</p>
          )}
          <p className="actions">
            <UnlinkButton label="Unlink" {...{ invoice, change, unlinking, whyNot, now }} />
          </p>
          <h3>Application for payment (G702)</h3>
          <G702 summary={invoice.summary} />
          <h3>History</h3>
          <History invoice={invoice} />
        </>
      )}
    </aside>
  );
}

function Facts({ invoice }: { invoice: WholeInvoice }) {
  const { project } = invoice;
  return (
    <dl className="facts">
      <Fact name="Vendor">{invoice.vendor.name}</Fact>
      <Fact name="Commitment">{invoice.commitment.title}</Fact>
      <Fact name="Project">{project.number ? `${project.number} ${project.name}` : project.name}</Fact>
      <Fact name="Billing period">{period(invoice)}</Fact>
      <Fact name="Billing date">{day(invoice.billingDate)}</Fact>
      <Fact name="Status">{STATUS[invoice.status]}</Fact>
      <Fact name="Claimed">{money(invoice.totalClaimedAmount)}</Fact>
      <Fact name="Current payment due">{money(invoice.currentPaymentDue)}</Fact>
      <Fact name="Payment date">{day(invoice.paymentDate)}</Fact>
      <Fact name="Complete">{percent(invoice.percentComplete)}{invoice.final && ", final invoice"}</Fact>
    </dl>
  );
}

function Link({ link, company, now }: { link: NonNullable<WholeInvoice["erpLink"]>; company: Company; now: number }) {
  const integration = company.erpIntegrations.find(({ id }) => id === link.integration.id);
  return (
    <dl className="facts">
      <Fact name="ERP">{integration?.name}</Fact>
      <Fact name="Record">
        {recordOf(link)}
        {link.documentNumber && link.documentNumber !== link.recordId && <small>id {link.recordId}</small>}
      </Fact>
      <Fact name="Last seen">
        <RecordState link={link} now={now} />
      </Fact>
      <Fact name="Synced">
        {moment(link.syncedAt)}
        {link.syncedBy && <small>{link.syncedBy}</small>}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
