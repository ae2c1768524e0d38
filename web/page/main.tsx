// Starts the page: for whoever comes back from an issuer, or else for somebody who has yet to sign in.
import "./base.css";
import "./layout.css";
import "./list.css";
import "./overlays.css";

import { createRoot } from "react-dom/client";

import { App } from "./app";
import { finishOidc, signInOptions } from "./session";

// Asked for before anything is drawn, so that the first view waits for one answer and not for two in turn.
const options = signInOptions();
options.catch(() => {});
const back = await comeBack();
createRoot(document.getElementById("root")!).render(<App options={options} back={back} />);

async function comeBack() {
  try {
    return { session: await finishOidc(), problem: null };
  } catch (problem) {
    return { session: null, problem: (problem as Error).message };
  }
}
