// What others do meanwhile: the newest change of each invoice, told by the service as it happens.
import { useEffect, useState, useSyncExternalStore } from "react";

import type { LineState, Service } from "./client";
import { InvoiceChangedDocument, type InvoiceChangedSubscription } from "./types";

export type Change = NonNullable<InvoiceChangedSubscription["invoiceChanged"]>;

export interface Live {
  line: LineState;
  /** By the invoice's id. */
  changes: ReadonlyMap<string, Change>;
  /** Grows each time that something may have been missed: what is shown has to be read anew then. */
  beginnings: number;
}

const NOTHING: ReadonlyMap<string, Change> = new Map();
const ANEW_AFTER_MS = 1000;

export function useLive({ client, line }: Service, company: string): Live {
  const state = useSyncExternalStore(line.onChange, line.state);
  const [changes, setChanges] = useState(NOTHING);
  const [beginnings, setBeginnings] = useState(0);
  const [attempt, setAttempt] = useState(0);

  // What happened while the line was lost is not sent again.
  useEffect(
    () =>
      line.onChange(() => {
        if (line.state() !== "open") return;
        setChanges(NOTHING);
        setBeginnings((before) => before + 1);
      }),
    [line],
  );

  useEffect(() => {
    let timer: number | undefined;
    const watching = client.subscription(InvoiceChangedDocument, { company }).subscribe(({ data, error }) => {
      const change = data?.invoiceChanged;
      if (change) setChanges((before) => new Map(before).set(change.invoice.id, change));
      // Ended by the service, such as when this page was too slow to read: begin anew.
      if (error) timer = window.setTimeout(beginAnew, ANEW_AFTER_MS);
    });
    function beginAnew() {
      setAttempt((before) => before + 1);
      setChanges(NOTHING);
      setBeginnings((before) => before + 1);
    }
    return () => {
      window.clearTimeout(timer);
      watching.unsubscribe();
    };
  }, [client, company, attempt]);

  return { line: state, changes, beginnings };
}
