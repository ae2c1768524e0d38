// The time, often enough for ages in minutes.
import { useEffect, useState } from "react";

const OFTEN_MS = 30_000;

export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), OFTEN_MS);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
