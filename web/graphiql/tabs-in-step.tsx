// Small courtesies that need GraphiQL's inside: one token serves all tabs, ids are seen whole, a heeded notice goes.
import { useGraphiQL } from "@graphiql/react";
import { useEffect, useRef } from "react";

import { headersWith } from "./token";

export function TabsInStep({ token }: { token: string | null }) {
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  const schema = useGraphiQL((state) => state.schema);
  const fetchError = useGraphiQL((state) => state.fetchError);
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const notice = useRef<string>(undefined);

  // A tab whose headers nobody touched takes the token that was given in another one.
  useEffect(() => {
    if (token && headerEditor?.getValue() === headersWith(null)) {
      headerEditor.setValue(headersWith(token));
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once a tab: what is typed later is somebody's own
  }, [tab]);

  // An id is longer than the editor is wide, and is to be read whole.
  useEffect(() => variableEditor?.updateOptions({ wordWrap: "on" }), [variableEditor]);

  // GraphiQL writes why the schema could not be fetched where answers go, and leaves it there.
  useEffect(() => {
    if (fetchError) notice.current = fetchError;
    else if (schema && responseEditor?.getValue() === notice.current) responseEditor?.setValue("");
  }, [fetchError, schema, responseEditor]);

  return null;
}
