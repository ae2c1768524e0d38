// What the ERP last said of a record, and how long ago: never to be taken as fresh.
import type { InvoiceInListFragment } from "./types";
import { age, moment, RECORD_STATE } from "./words";

type Link = Pick<NonNullable<InvoiceInListFragment["erpLink"]>, "recordState" | "checkedAt">;

export function RecordState({ link: { recordState, checkedAt }, now }: { link: Link; now: number }) {
  if (!recordState || !checkedAt) return <span className="never">Never asked</span>;
  return (
    <>
      <span className={`tag ${recordState.toLowerCase()}`}>{RECORD_STATE[recordState]}</span>
      <small>
        <time dateTime={checkedAt} title={moment(checkedAt)}>
          {age(checkedAt, now)}
        </time>
      </small>
    </>
  );
}
