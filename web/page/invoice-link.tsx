// Opens an invoice beside the list. An address of its own, so that it can be copied, or opened in another window.
import type { MouseEvent } from "react";

import type { InvoiceInListFragment } from "./types";
import type { Go } from "./use-view";
import { addressOf, changed, readView } from "./view";
import { numberOf } from "./words";

interface Props {
  invoice: InvoiceInListFragment;
  isOpen: boolean;
  go: Go;
}

export function InvoiceLink({ invoice, isOpen, go }: Props) {
  const here = () => addressOf(changed(readView(window.location.search), { invoice: invoice.id }));

  function open(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go({ invoice: isOpen ? null : invoice.id });
  }

  return (
    <a href={here()} onClick={open} aria-expanded={isOpen}>
      {numberOf(invoice)}
    </a>
  );
}
