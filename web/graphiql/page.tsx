// The explorer itself: GraphiQL with our endpoint, our tabs and the token at hand.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN, GraphiQL } from "graphiql";
import { useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { fetcherFor } from "./fetcher";
import { memoryOnly } from "./storage";
import { FIRST_TAB, TABS } from "./tabs";
import { TabsInStep } from "./tabs-in-step";
import { headersWith, tokenIn } from "./token";

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];
const TYPING_PAUSE_MS = 300;

function Page({ firstToken }: { firstToken: string | null }) {
  const [token, setToken] = useState(firstToken);
  const fetcher = useMemo(() => fetcherFor(token), [token]);
  const storage = useMemo(() => memoryOnly(), []);
  const readHeaders = useTokenReader(setToken);

  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={PLUGINS}
      defaultTabs={TABS}
      initialQuery={FIRST_TAB.query}
      initialVariables={FIRST_TAB.variables}
      defaultHeaders={headersWith(firstToken)}
      defaultEditorToolsVisibility={firstToken ? "variables" : "headers"}
      shouldPersistHeaders={false}
      inputValueDeprecation
      schemaDescription
      onEditHeaders={readHeaders}
    >
      <GraphiQL.Logo>ERP Link</GraphiQL.Logo>
      <TabsInStep token={token} />
    </GraphiQL>
  );
}

/** Tells the token once typing pauses, so that half a token is not tried against the server. */
function useTokenReader(tell: (token: string | null) => void): (headers: string) => void {
  const timer = useRef<number>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return useMemo(
    () => (headers) => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => tell(tokenIn(headers)), TYPING_PAUSE_MS);
    },
    [tell],
  );
}

export function show(token: string | null): void {
  createRoot(document.getElementById("root")!).render(<Page firstToken={token} />);
}
