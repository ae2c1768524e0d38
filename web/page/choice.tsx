// A project or a vendor out of many: the service is asked for those whose name holds what is typed.
import { useCombobox } from "downshift";
import { useState } from "react";
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
  const { isOpen, highlightedIndex, ...combo } = useCombobox<Option>({
    items: options,
    itemToString: (option) => option?.name ?? "",
    itemToKey: (option) => option?.id,
    initialSelectedItem: chosen === null ? null : { id: chosen, name },
    onIsOpenChange: ({ isOpen }) => isOpen && onType(""),
    onInputValueChange: ({ inputValue, type }) => {
      if (type !== useCombobox.stateChangeTypes.InputChange) return;
      onType(inputValue);
      if (inputValue === "") onChoose(null);
    },
    onSelectedItemChange: ({ selectedItem }) => selectedItem && onChoose(selectedItem.id),
    stateReducer: (_, { type, changes }) =>
      // Left without a choice, it says what is chosen still.
      type === useCombobox.stateChangeTypes.InputBlur && !changes.selectedItem ? { ...changes, inputValue: "" } : changes,
  });

  return (
    <div className="field">
      <label {...combo.getLabelProps()}>{label}</label>
      <div className="combo">
        <input placeholder="Any" {...combo.getInputProps()} />
        <button type="button" aria-label={`Show ${label.toLowerCase()}s`} {...combo.getToggleButtonProps()}>
          ▾
        </button>
        <ul className="options" hidden={!isOpen} {...combo.getMenuProps()}>
          {isOpen &&
            options.map((option, index) => (
              <li
                key={option.id}
                className={index === highlightedIndex ? "option near" : "option"}
                {...combo.getItemProps({ item: option, index })}
              >
                {option.name}
                {option.number && <small>{option.number}</small>}
              </li>
            ))}
        </ul>
        {isOpen && options.length === 0 && <p className="options empty">None has this name.</p>}
      </div>
    </div>
  );
}
