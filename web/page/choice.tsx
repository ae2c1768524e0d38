// A project or a vendor out of many: the service is asked for those whose name holds what is typed.
import { useState } from "react";
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { useQuery } from "urql";

import { NameOfDocument, ProjectsDocument, VendorsDocument } from "./types";

interface Props {
  company: string;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

interface Option {
  id: string;
  name: string;
  number?: string | null;
}

export function ProjectChoice(props: Props) {
  const [typed, setTyped] = useState<string>();
  const variables = { company: props.company, search: typed };
  const [{ data }] = useQuery({ query: ProjectsDocument, variables, pause: typed === undefined });
  return <Choice label="Project" options={data?.company?.projects ?? []} onType={setTyped} {...props} />;
}

export function VendorChoice(props: Props) {
  const [typed, setTyped] = useState<string>();
  const variables = { company: props.company, search: typed };
  const [{ data }] = useQuery({ query: VendorsDocument, variables, pause: typed === undefined });
  return <Choice label="Vendor" options={data?.company?.vendors ?? []} onType={setTyped} {...props} />;
}

interface ChoiceProps extends Props {
  label: string;
  options: Option[];
  /** Empty when somebody only looks what there is; nothing is asked for before. */
  onType: (text: string) => void;
}

function Choice({ chosen, ...props }: ChoiceProps) {
  // An address names what is chosen by its id alone.
  const [{ data }] = useQuery({ query: NameOfDocument, variables: { id: chosen ?? "" }, pause: chosen === null });
  const named = data?.node && "name" in data.node ? data.node.name : "";
  const name = chosen === null ? "" : named;
  // Begun anew when something else is chosen, here or by going back.
  return <Box key={`${chosen} ${name}`} chosen={chosen} name={name} {...props} />;
}

function Box({ label, options, chosen, name, onType, onChoose }: ChoiceProps & { name: string }) {
  const [typed, setTyped] = useState(name);

  function type(text: string) {
    setTyped(text);
    // What is chosen already is no search for others.
    onType(text === name ? "" : text);
    if (text === "" && chosen !== null) onChoose(null);
  }

  return (
    <ComboBox
      className="field"
      menuTrigger="focus"
      items={options}
      defaultFilter={() => true}
      allowsEmptyCollection
      onFocus={() => onType("")}
      inputValue={typed}
      onInputChange={type}
      selectedKey={chosen}
      onSelectionChange={(key) => key !== chosen && key !== null && onChoose(String(key))}
    >
      <Label>{label}</Label>
      <div className="combo">
        <Input placeholder="Any" />
        <Button aria-label={`Show ${label.toLowerCase()}s`}>▾</Button>
      </div>
      <Popover className="popover" placement="bottom start">
        <ListBox className="options" renderEmptyState={() => <p className="empty">None has this name.</p>}>
          {(option: Option) => (
            <ListBoxItem className="option" textValue={option.name}>
              {option.name}
              {option.number && <small>{option.number}</small>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
