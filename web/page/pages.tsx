// Where in the list one is, and on to the rest of it.
import { Button } from "react-aria-components";

import type { SyncedInvoicesQuery } from "./types";
import type { Go } from "./use-view";
import { count } from "./words";

export const PAGE_SIZE = 25;

type PageInfo = NonNullable<SyncedInvoicesQuery["syncedInvoices"]>["pageInfo"];

interface Props {
  info: PageInfo | undefined;
  /** How many invoices all pages hold; undefined: not known, and soon told. */
  total: number | "counting" | undefined;
  /** How many were synced since the page was read, and are not on it. */
  newer: number;
  go: Go;
  onShowNewer: () => void;
}

function told(total: number | "counting"): string {
  if (total === "counting") return "Counting\u2026";
  return total === 1 ? "1 invoice" : `${count(total)} invoices`;
}

export function Pages({ info, total, newer, go, onShowNewer }: Props) {
  return (
    <nav className="pages" aria-label="Pages">
      <p aria-live="polite">{total !== undefined && told(total)}</p>
      {newer > 0 && (
        <Button onPress={onShowNewer}>
          {newer === 1 ? "1 was synced meanwhile" : `${count(newer)} were synced meanwhile`}: read the list anew
        </Button>
      )}
      <Button
        isDisabled={!info?.hasPreviousPage}
        onPress={() => go({ before: info?.startCursor ?? null, after: null })}
      >
        Previous page
      </Button>
      <Button isDisabled={!info?.hasNextPage} onPress={() => go({ after: info?.endCursor ?? null, before: null })}>
        Next page
      </Button>
    </nav>
  );
}
