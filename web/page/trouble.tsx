// Something could not be read; it can be tried again.
import { Button } from "react-aria-components";
import type { CombinedError } from "urql";

import { troubleOf } from "./troubles";

export function Trouble({ error, onRetry }: { error: CombinedError; onRetry: () => void }) {
  const { message, details } = troubleOf(error);
  return (
    <div className="trouble" aria-live="polite">
      <p>
        <strong>{message}</strong> {details.join(" ")}
      </p>
      <Button onPress={onRetry}>Try again</Button>
    </div>
  );
}
