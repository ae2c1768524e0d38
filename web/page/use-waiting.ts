// Unlinks that wait until an agent has asked the ERP: looked at now and then, until it is known what came of them.
import { useCallback, useEffect, useState } from "react";
import type { Client } from "urql";

import { WhatCameOfItDocument, type InvoiceInListFragment, type UnlinkAnswerFragment } from "./types";

const LOOK_AGAIN_MS = 15_000;

type Tell = (invoice: InvoiceInListFragment, outcome: UnlinkAnswerFragment) => void;

/** Answers what has a request to unlink an invoice, by the request's id, looked at from then on. */
export function useWaiting(client: Client, tell: Tell): (request: string, invoice: InvoiceInListFragment) => void {
  const [waiting, setWaiting] = useState<ReadonlyMap<string, InvoiceInListFragment>>(new Map());

  useEffect(() => {
    if (waiting.size === 0) return;
    const look = async (request: string, invoice: InvoiceInListFragment) => {
      const asked = client.query(WhatCameOfItDocument, { request }, { requestPolicy: "network-only" });
      const { data } = await asked.toPromise();
      if (data?.node?.__typename !== "UnlinkRequest" || !data.node.outcome) return;
      setWaiting((all) => new Map([...all].filter(([other]) => other !== request)));
      tell(invoice, data.node.outcome);
    };
    const timer = window.setInterval(() => waiting.forEach((invoice, request) => void look(request, invoice)), LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [client, tell, waiting]);

  return useCallback((request, invoice) => setWaiting((all) => new Map(all).set(request, invoice)), []);
}
