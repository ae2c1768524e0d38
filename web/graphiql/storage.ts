// What GraphiQL would keep in localStorage (its history keeps the headers too) is kept in memory only.
import type { Storage } from "@graphiql/toolkit";

export function memoryOnly(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
    get length() {
      return items.size;
    },
  };
}
