// Starts the explorer. Kept small, so that a token leaves the address bar before the editors are loaded.
import { takeToken } from "./token";

const token = takeToken();
const { show } = await import("./page");
show(token);

// Another person's link, opened in this same window, changes only the fragment: begin again as that person.
window.addEventListener("hashchange", () => {
  const next = takeToken();
  if (next) show(next);
});
