// Whether the side panel lies over the list, for want of room beside it: layout.css says so at the same width.
import { useSyncExternalStore } from "react";

const NARROW = window.matchMedia("(max-width: 63.99rem)");

function onChange(tell: () => void): () => void {
  NARROW.addEventListener("change", tell);
  return () => NARROW.removeEventListener("change", tell);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(onChange, () => NARROW.matches);
}
