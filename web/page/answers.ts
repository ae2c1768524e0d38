// What is said of an attempt to unlink: the service's own sentence, in one of four colours, and what to do next.
import type { CombinedError } from "urql";

import { troubleOf } from "./troubles";
import type { UnlinkAnswerFragment, UnlinkMutation } from "./types";
import { LEVEL, moment, recordOf } from "./words";

/** Green, red, and two that are neither: something is in the way; or all is well, and there is nothing to do. */
export type Kind = "done" | "held" | "trouble" | "calm";

export interface Said {
  kind: Kind;
  message: string;
  details: string[];
  /** Where to see for oneself. */
  link?: { name: string; url: string } | undefined;
}

type Result = NonNullable<UnlinkMutation["unlinkInvoice"]> | UnlinkAnswerFragment;

/** A refusal that is not named here reads by what all of them have. */
const KINDS: Partial<Record<string, Kind>> = {
  Success: "done",
  StillInErp: "held",
  InvoiceNotSynced: "calm",
  UnlinkPending: "calm",
};

export function answerTo(result: Result): Said {
  const kind = KINDS[result.__typename] ?? "trouble";
  return { kind, message: result.message, details: detailsOf(result), link: linkOf(result) };
}

function linkOf(result: Result): Said["link"] {
  if (result.__typename !== "StillInErp" || result.recordUrl === null) return undefined;
  return { name: `Open ${recordOf(result.link)} in the ERP`, url: result.recordUrl };
}

function detailsOf(result: Result): string[] {
  switch (result.__typename) {
    case "StillInErp":
      return result.advice ? [result.advice] : [];
    case "PermissionDenied":
      return result.missing.map(({ required, current, where }) =>
        required
          ? `${LEVEL[required]} on ${where}${current ? `: you have ${LEVEL[current]}` : ""}`
          : `The privilege Can Push to Accounting, in ${where}`,
      );
    case "UnlinkNotSupported":
      return result.integration.notes ? [result.integration.notes] : [];
    case "ErpUnavailable":
      return [result.retryAfterSeconds === null ? "Try again in a moment." : `Try again in ${result.retryAfterSeconds} s.`];
    case "UnlinkPending":
      return "request" in result ? [whatIfNobodyCalls(result.request.waitsUntil)] : [];
    default:
      return [];
  }
}

function whatIfNobodyCalls(waitsUntil: string): string {
  return `What comes of it is told here and in the history. Without an answer by ${moment(waitsUntil)} it stays linked.`;
}

export function noAnswer(error: CombinedError | undefined): Said {
  if (error?.networkError || !error) {
    return {
      kind: "trouble",
      message: "The service's answer did not arrive, so it is not known whether the invoice was unlinked.",
      details: ["Look whether it is still in the list before you try again. To try again is safe."],
    };
  }
  return { kind: "trouble", ...troubleOf(error) };
}
