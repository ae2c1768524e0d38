// The unlinks under way: what somebody is asked to confirm, what the ERP is asked, and what came of it.
import { useCallback, useMemo, useRef, useState } from "react";
import type { Client } from "urql";

import { answerTo, noAnswer, type Said } from "./answers";
import { UnlinkDocument, type InvoiceInListFragment, type UnlinkAnswerFragment } from "./types";
import type { Live } from "./use-live";
import { useWaiting } from "./use-waiting";
import type { Reason } from "./why-not";

export interface Answer extends Said {
  key: number;
  invoice: InvoiceInListFragment;
}

export interface Unlinking {
  /** The invoice that somebody is asked about. */
  confirming: InvoiceInListFragment | null;
  /** The ids of those whose ERP is being asked. */
  asking: ReadonlySet<string>;
  /** The newest first; at most one for an invoice. */
  answers: readonly Answer[];
  /** Grows each time that one which waited has ended: its history has to be read anew then. */
  ended: number;
  begin: (invoice: InvoiceInListFragment) => void;
  cancel: () => void;
  confirm: () => void;
  /** Says why nothing is begun. */
  explain: (invoice: InvoiceInListFragment, reason: Reason) => void;
  dismiss: (answer: Answer) => void;
}

const NOBODY: ReadonlySet<string> = new Set();
let answered = 0;

export function useUnlinking(client: Client, changes: Live["changes"]): Unlinking {
  const [confirming, setConfirming] = useState<InvoiceInListFragment | null>(null);
  const [asking, setAsking] = useState(NOBODY);
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const [ended, setEnded] = useState(0);
  // Known at once, where state is known only after the next drawing: two quick clicks are one unlink.
  const underWay = useRef(new Set<string>());

  const drop = useCallback((id: string) => setAnswers((all) => all.filter(({ invoice }) => invoice.id !== id)), []);
  const tell = useCallback((invoice: InvoiceInListFragment, said: Said) => {
    const answer = { ...said, invoice, key: ++answered };
    setAnswers((all) => [answer, ...all.filter((other) => other.invoice.id !== invoice.id)]);
  }, []);

  const end = useCallback(
    (invoice: InvoiceInListFragment, outcome: UnlinkAnswerFragment) => {
      tell(invoice, answerTo(outcome));
      setEnded((before) => before + 1);
    },
    [tell],
  );
  const follow = useWaiting(client, changes, end);

  const unlink = useCallback(
    async (invoice: InvoiceInListFragment) => {
      if (underWay.current.has(invoice.id)) return;
      underWay.current.add(invoice.id);
      setAsking(new Set(underWay.current));
      drop(invoice.id);
      // Whatever comes of it stands in the history, so all that shows invoices is read anew.
      const context = { additionalTypenames: ["SubcontractorInvoice"] };
      const { data, error } = await client.mutation(UnlinkDocument, { invoice: invoice.id }, context).toPromise();
      underWay.current.delete(invoice.id);
      setAsking(new Set(underWay.current));
      const result = data?.unlinkInvoice;
      tell(invoice, result ? answerTo(result) : noAnswer(error));
      if (result?.__typename === "UnlinkPending") follow(result.request.id, invoice);
    },
    [client, drop, follow, tell],
  );

  return useMemo(
    () => ({
      confirming,
      asking,
      answers,
      ended,
      begin: setConfirming,
      cancel: () => setConfirming(null),
      confirm: () => {
        setConfirming(null);
        if (confirming) void unlink(confirming);
      },
      explain: (invoice, reason) => tell(invoice, { kind: "trouble", ...reason }),
      dismiss: ({ invoice }) => drop(invoice.id),
    }),
    [confirming, asking, answers, ended, unlink, tell, drop],
  );
}
