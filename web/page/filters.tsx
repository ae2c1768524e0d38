// What to keep of the list: as one types, and as one chooses.
import { useEffect, useRef, useState } from "react";
import { Button, Input, Label, SearchField } from "react-aria-components";

import { ProjectChoice, VendorChoice } from "./choice";
import type { Company } from "./tool";
import type { Go } from "./use-view";
import { isFiltered, NO_FILTER, type View } from "./view";
import { RECORD_STATE, STATUS } from "./words";

/** What the service takes at most. */
const LONGEST_SEARCH = 200;

export function Filters({ company, view, go }: { company: Company; view: View; go: Go }) {
  return (
    <div className="filters" role="search">
      <Search key={company.id} said={view.search} go={go} />
      <ProjectChoice company={company.id} chosen={view.project} onChoose={(project) => go({ project })} />
      <VendorChoice company={company.id} chosen={view.vendor} onChoose={(vendor) => go({ vendor })} />
      <Choice label="Status" choices={STATUS} chosen={view.status} onChoose={(status) => go({ status })} />
      <Choice label="Record state" choices={RECORD_STATE} chosen={view.state} onChoose={(state) => go({ state })} />
      <Day label="Billed from" said={view.from} onSay={(from) => go({ from }, "replace")} />
      <Day label="Billed to" said={view.to} onSay={(to) => go({ to }, "replace")} />
      <Button isDisabled={!isFiltered(view)} onPress={() => go(NO_FILTER)}>
        Clear filters
      </Button>
    </div>
  );
}

const TYPING_PAUSE_MS = 150;

/** Runs ahead of the address while somebody types, and follows it when they go back. */
function Search({ said, go }: { said: string; go: Go }) {
  const [typed, setTyped] = useState(said);
  const sent = useRef(said);
  const timer = useRef<number>(undefined);

  useEffect(() => {
    if (said !== sent.current) setTyped((sent.current = said));
  }, [said]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  function type(text: string) {
    setTyped(text);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      const search = text.trim().slice(0, LONGEST_SEARCH);
      // The first letter is a step that one can go back from; the others only go on with it.
      const how = sent.current === "" ? "push" : "replace";
      sent.current = search;
      go({ search }, how);
    }, TYPING_PAUSE_MS);
  }

  return (
    <SearchField className="field search" value={typed} onChange={type}>
      <Label>Search invoices</Label>
      <Input placeholder="Invoice, vendor or ERP number" maxLength={LONGEST_SEARCH} />
    </SearchField>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  choices: Record<Value, string>;
  chosen: Value | null;
  onChoose: (value: Value | null) => void;
}

function Choice<Value extends string>({ label, choices, chosen, onChoose }: ChoiceProps<Value>) {
  return (
    <label className="field">
      <span>{label}</span>
      <select value={chosen ?? ""} onChange={(event) => onChoose((event.target.value as Value) || null)}>
        <option value="">Any</option>
        {(Object.keys(choices) as Value[]).map((value) => (
          <option key={value} value={value}>
            {choices[value]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Told when a whole day stands there: each digit of a year that is being typed makes another one. */
function Day({ label, said, onSay }: { label: string; said: string | null; onSay: (day: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const isWhole = (day: string) => day === "" || day > "1900";

  // Written only when it differs: a day that is half typed reads as none, and is to stay.
  useEffect(() => {
    if (input.current && input.current.value !== (said ?? "")) input.current.value = said ?? "";
  }, [said]);

  return (
    <label className="field day">
      <span>{label}</span>
      <input
        type="date"
        ref={input}
        onChange={({ target }) => isWhole(target.value) && target.validity.valid && onSay(target.value || null)}
      />
    </label>
  );
}
