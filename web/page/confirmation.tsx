// Asks before an unlink, and says what must be true first by the rules of that company's ERP.
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import type { Company } from "./tool";
import type { InvoiceInListFragment } from "./types";
import type { Unlinking } from "./use-unlinking";
import { money, numberOf, recordOf } from "./words";

type Props = Pick<Unlinking, "confirming" | "cancel" | "confirm"> & { company: Company };

export function Confirmation({ company, confirming, cancel, confirm }: Props) {
  return (
    <ModalOverlay className="underlay" isOpen={confirming !== null} onOpenChange={cancel}>
      <Modal className="modal">
        <Dialog className="dialog" role="alertdialog">
          {confirming && (
            <>
              <Heading slot="title">Unlink invoice {numberOf(confirming)}?</Heading>
              <p className="about">
                {confirming.vendor.name} &middot; {money(confirming.currentPaymentDue)} &middot; {confirming.project.name}
              </p>
              <Rules company={company} invoice={confirming} />
              <div className="actions">
                <Button autoFocus onPress={cancel}>
                  Cancel
                </Button>
                <Button className="strong" onPress={confirm}>
                  Unlink
                </Button>
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Rules({ company, invoice }: { company: Company; invoice: InvoiceInListFragment }) {
  const integration = company.erpIntegrations.find(({ id }) => id === invoice.erpLink?.integration.id);
  if (!integration || !invoice.erpLink) return null;
  const { name, deletionRequired, voidCountsAsGone, reversalCountsAsGone, notes, documentationUrl } = integration;
  const counts = (does: boolean) => (does ? "counts as deleted" : "does not count as deleted");
  return (
    <>
      {deletionRequired ? (
        <>
          <p>
            Bill <strong>{recordOf(invoice.erpLink)}</strong> must be gone from <strong>{name}</strong> first: it is
            asked, and unless the bill is gone, nothing is changed.
          </p>
          <ul>
            <li>Delete it there.</li>
            <li>A voided bill {counts(voidCountsAsGone)}.</li>
            <li>A reversed bill {counts(reversalCountsAsGone)}.</li>
          </ul>
        </>
      ) : (
        <p>
          Bill <strong>{recordOf(invoice.erpLink)}</strong> need not be deleted from <strong>{name}</strong> first: it is
          not asked, and the invoice is unlinked at once.
        </p>
      )}
      {notes && <blockquote>{notes}</blockquote>}
      {documentationUrl && (
        <p>
          <a href={documentationUrl} target="_blank" rel="noreferrer">
            How it is done with this ERP
          </a>
        </p>
      )}
    </>
  );
}
