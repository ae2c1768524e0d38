// One synced invoice. It goes grey when somebody unlinks it meanwhile, and says who.
import { memo } from "react";

import { InvoiceLink } from "./invoice-link";
import { RecordState } from "./record-state";
import type { InvoiceInListFragment } from "./types";
import { UnlinkButton } from "./unlink-button";
import type { Change } from "./use-live";
import type { Unlinking } from "./use-unlinking";
import type { Go } from "./use-view";
import type { WhyNot } from "./why-not";
import { dayOf, money, moment, numberOf, period, recordOf, STATUS } from "./words";

interface Props {
  /** As it was when the list was read. */
  invoice: InvoiceInListFragment;
  /** What happened to it since. */
  change: Change | undefined;
  isOpen: boolean;
  go: Go;
  unlinking: Unlinking;
  whyNot: WhyNot;
  now: number;
}

export const InvoiceRow = memo(function InvoiceRow({ invoice: read, change, isOpen, go, ...unlink }: Props) {
  const invoice = change?.invoice ?? read;
  const isUnlinked = invoice.erpLink === null;
  const link = invoice.erpLink ?? read.erpLink;
  const classes = `${isUnlinked ? "gone" : ""} ${isOpen ? "open" : ""}`;
  return (
    <tr role="row" className={classes} data-invoice={invoice.id}>
      <th role="rowheader" scope="row" className="number">
        <InvoiceLink invoice={invoice} isOpen={isOpen} go={go} />
      </th>
      <td role="cell" className="vendor">
        {invoice.vendor.name}
      </td>
      <td role="cell" className="commitment">
        {invoice.commitment.title}
      </td>
      <td role="cell" className="project">
        {invoice.project.name}
      </td>
      <td role="cell" className="period">
        {period(invoice)}
      </td>
      <td role="cell" className="amount">
        {money(invoice.currentPaymentDue)}
      </td>
      <td role="cell" className="status">
        {STATUS[invoice.status]}
      </td>
      <td role="cell" className="record">
        {link && recordOf(link)}
      </td>
      <td role="cell" className="synced">
        {link && <time dateTime={link.syncedAt} title={moment(link.syncedAt)}>{dayOf(link.syncedAt)}</time>}
        {link?.syncedBy && <small>{link.syncedBy}</small>}
      </td>
      <td role="cell" className="state">
        {link && <RecordState link={link} now={unlink.now} />}
      </td>
      <td role="cell" className="action">
        <UnlinkButton invoice={invoice} label={`Unlink ${numberOf(invoice)}`} change={change} {...unlink} />
      </td>
    </tr>
  );
});
