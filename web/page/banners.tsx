// What came of an unlink: the help page's sentence, word for word, until somebody has read it.
import { Button } from "react-aria-components";

import type { Kind } from "./answers";
import type { Go } from "./use-view";
import type { Answer, Unlinking } from "./use-unlinking";
import { numberOf } from "./words";

/** Those who cannot see them are told at once of what is in their way, and in good time of the rest. */
const URGENT: Record<Kind, boolean> = { done: false, calm: false, held: true, trouble: true };

type Props = Pick<Unlinking, "answers" | "dismiss"> & { go: Go };

export function Banners({ answers, ...props }: Props) {
  const told = (urgent: boolean) =>
    answers.filter(({ kind }) => URGENT[kind] === urgent).map((each) => <Banner key={each.key} answer={each} {...props} />);
  // Both regions are there from the beginning: what is put into one is then read out.
  return (
    <div className="banners">
      <div role="alert">{told(true)}</div>
      <div role="status">{told(false)}</div>
    </div>
  );
}

function Banner({ answer, dismiss, go }: Omit<Props, "answers"> & { answer: Answer }) {
  const { kind, invoice, message, details, link } = answer;
  return (
    <div className={`banner ${kind}`}>
      <p className="about">
        Invoice {numberOf(invoice)} &middot; {invoice.vendor.name}
      </p>
      <p className="message">{message}</p>
      {details.length === 1 && <p>{details[0]}</p>}
      {details.length > 1 && (
        <ul>
          {details.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      {link && (
        <p>
          <a href={link.url} target="_blank" rel="noreferrer">
            {link.name}
          </a>
        </p>
      )}
      <div className="actions">
        <Button onPress={() => go({ invoice: invoice.id })}>Open invoice</Button>
        <Button onPress={() => dismiss(answer)} aria-label={`Dismiss what is said of invoice ${numberOf(invoice)}`}>
          Dismiss
        </Button>
      </div>
    </div>
  );
}
