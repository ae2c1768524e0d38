// Progress is shown only of what takes long: what is there in a blink would only flicker.
import { useEffect, useState } from "react";

const LONG_MS = 300;

export function useSlow(isBusy: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isBusy) return;
    const timer = window.setTimeout(() => setSlow(true), LONG_MS);
    return () => {
      window.clearTimeout(timer);
      setSlow(false);
    };
  }, [isBusy]);
  return isSlow;
}
