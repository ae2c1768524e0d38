// Where one is: the tool, the company, the person; and whether what others do is seen as it happens.
import { useSyncExternalStore } from "react";
import { Button } from "react-aria-components";

import type { Line, LineState } from "./client";
import type { Company } from "./tool";
import type { WhoAmIQuery } from "./types";
import type { Go } from "./use-view";

interface Props {
  viewer: NonNullable<WhoAmIQuery["viewer"]>;
  company: Company | undefined;
  line: Line;
  go: Go;
  onSignOut: () => void;
}

const SAID: Record<LineState, string> = {
  connecting: "",
  open: "Live",
  lost: "Connection lost. Trying again\u2026",
};

export function Header({ viewer, company, line, go, onSignOut }: Props) {
  const state = useSyncExternalStore(line.onChange, line.state);
  return (
    <header className="header">
      <p className="product">ERP Integrations</p>
      <label>
        <span className="unseen">Company</span>
        <select value={company?.id ?? ""} onChange={(event) => go({ company: event.target.value })}>
          {!company && <option value="">Choose a company</option>}
          {viewer.companies.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p className={`line ${state}`} aria-live="polite">
        {SAID[state]}
      </p>
      <p className="person">{viewer.name}</p>
      <Button onPress={onSignOut}>Sign out</Button>
    </header>
  );
}
