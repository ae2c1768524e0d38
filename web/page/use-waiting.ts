// Unlinks that wait until an agent has asked the ERP: looked at until it is known what came of them.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Client } from "urql";

import { WhatCameOfItDocument, type InvoiceInListFragment, type UnlinkAnswerFragment } from "./types";
import type { Live } from "./use-live";

const LOOK_AGAIN_MS = 15_000;

type Tell = (invoice: InvoiceInListFragment, outcome: UnlinkAnswerFragment) => void;

/**
 * Answers what has a request to unlink an invoice, by the request's id, looked at from then on: at once when something
 * happens to the invoice, and now and then, since not every end of a request is a change of its invoice.
 */
export function useWaiting(
  client: Client,
  changes: Live["changes"],
  tell: Tell,
): (request: string, invoice: InvoiceInListFragment) => void {
  const [waiting, setWaiting] = useState<ReadonlyMap<string, InvoiceInListFragment>>(new Map());
  // Known at once: of two looks that are under way, one tells.
  const ended = useRef(new Set<string>());
  const seen = useRef(changes);

  const look = useCallback(
    async (request: string, invoice: InvoiceInListFragment) => {
      const asked = client.query(WhatCameOfItDocument, { request }, { requestPolicy: "network-only" });
      const { data } = await asked.toPromise();
      if (data?.node?.__typename !== "UnlinkRequest" || !data.node.outcome || ended.current.has(request)) return;
      ended.current.add(request);
      setWaiting((all) => new Map([...all].filter(([other]) => other !== request)));
      tell(invoice, data.node.outcome);
    },
    [client, tell],
  );

  useEffect(() => {
    for (const [request, invoice] of waiting) {
      if (changes.get(invoice.id) !== seen.current.get(invoice.id)) void look(request, invoice);
    }
    seen.current = changes;
  }, [changes, look, waiting]);

  useEffect(() => {
    if (waiting.size === 0) return;
    const timer = window.setInterval(() => waiting.forEach((invoice, request) => void look(request, invoice)), LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [look, waiting]);

  return useCallback((request, invoice) => setWaiting((all) => new Map(all).set(request, invoice)), []);
}
