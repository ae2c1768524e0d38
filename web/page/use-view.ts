// The view that the address holds, and how to go to another one.
import { useCallback, useMemo, useSyncExternalStore } from "react";

import { addressOf, changed, readView, type View } from "./view";

/** `replace` is for what one does not want to step back through, such as each letter of a search. */
export type Go = (change: Partial<View>, how?: "push" | "replace") => void;

const MOVED = "erp-link:moved";

function onMove(tell: () => void): () => void {
  window.addEventListener("popstate", tell);
  window.addEventListener(MOVED, tell);
  return () => {
    window.removeEventListener("popstate", tell);
    window.removeEventListener(MOVED, tell);
  };
}

export function useView(): [View, Go] {
  const address = useSyncExternalStore(onMove, () => window.location.search);
  const view = useMemo(() => readView(address), [address]);
  const go = useCallback<Go>((change, how = "push") => {
    const next = addressOf(changed(readView(window.location.search), change));
    if (next === window.location.pathname + window.location.search) return;
    if (how === "push") window.history.pushState(null, "", next);
    else window.history.replaceState(null, "", next);
    window.dispatchEvent(new Event(MOVED));
  }, []);
  return [view, go];
}
