// Starts the explorer. Kept small, so that a token leaves the address bar before the editors are loaded.
import { holdsToken, takeToken } from "./token";

const token = takeToken();

// Another person's link, opened in this same window, changes only the fragment: load anew, as that person.
window.addEventListener("hashchange", () => {
  if (holdsToken()) window.location.reload();
});

const { show } = await import("./page");
show(token);
