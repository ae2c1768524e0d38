// Begins an unlink; or says why there is nothing to begin.
import { UNSAFE_PortalProvider } from "react-aria/PortalProvider";
import { Focusable, Tooltip, TooltipTrigger } from "react-aria-components";

import type { InvoiceInListFragment } from "./types";
import type { Change } from "./use-live";
import { useSlow } from "./use-slow";
import type { Unlinking } from "./use-unlinking";
import type { WhyNot } from "./why-not";
import { age } from "./words";

interface Props {
  invoice: InvoiceInListFragment;
  /** How a screen reader names the button, beginning with what is to be seen. */
  label: string;
  change: Change | undefined;
  unlinking: Unlinking;
  whyNot: WhyNot;
  now: number;
}

/** Where hints are drawn: inside a landmark, since nothing that can be read stands outside of all. */
const main = () => document.querySelector("main");

export function UnlinkButton({ invoice, label, change, unlinking, whyNot, now }: Props) {
  const reason = whyNot(invoice);
  const isAsking = unlinking.asking.has(invoice.id);
  const isSlow = useSlow(isAsking);

  if (!invoice.erpLink) {
    return (
      <span className="unlinked">
        Unlinked{change?.by && ` by ${change.by}`}
        {change && <small>{age(change.at, now)}</small>}
      </span>
    );
  }
  if (reason) {
    // It can be reached by the keyboard, or nobody there would learn why.
    return (
      <UNSAFE_PortalProvider getContainer={main}>
        <TooltipTrigger delay={200}>
          <Focusable>
            <button type="button" aria-disabled aria-label={label} onClick={() => unlinking.explain(invoice, reason)}>
              Unlink
            </button>
          </Focusable>
          <Tooltip className="tooltip" placement="left">
            {reason.message}
            <ul>
              {reason.details.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </Tooltip>
        </TooltipTrigger>
      </UNSAFE_PortalProvider>
    );
  }
  return (
    <button
      type="button"
      aria-disabled={isAsking || reason === undefined}
      aria-label={isSlow ? undefined : label}
      aria-busy={isAsking}
      onClick={() => !isAsking && reason === null && unlinking.begin(invoice)}
    >
      {isSlow ? "Asking\u2026" : "Unlink"}
    </button>
  );
}
