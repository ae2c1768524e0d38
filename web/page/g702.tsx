// The summary of the application for payment, line by line as the form (AIA document G702) numbers them.
import type { WholeInvoice } from "./invoice-panel";
import { money, percent } from "./words";

type Summary = WholeInvoice["summary"];

const LINES: { number: string; name: string; of: (summary: Summary) => string; isSum?: boolean }[] = [
  { number: "1", name: "Original contract sum", of: (s) => money(s.originalContractSum) },
  { number: "2", name: "Net change by change orders", of: (s) => money(s.netChangeByChangeOrders) },
  { number: "3", name: "Contract sum to date", of: (s) => money(s.contractSumToDate), isSum: true },
  { number: "4", name: "Total completed and stored to date", of: (s) => money(s.totalCompletedAndStoredToDate) },
  { number: "5a", name: "Retainage of completed work", of: (s) => money(s.completedWorkRetainageAmount) },
  { number: "5b", name: "Retainage of stored material", of: (s) => money(s.storedMaterialsRetainageAmount) },
  { number: "5", name: "Total retainage", of: (s) => money(s.totalRetainage), isSum: true },
  { number: "6", name: "Total earned less retainage", of: (s) => money(s.totalEarnedLessRetainage) },
  { number: "7", name: "Less previous certificates for payment", of: (s) => money(s.lessPreviousCertificatesForPayment) },
  { number: "8", name: "Current payment due", of: (s) => money(s.currentPaymentDue), isSum: true },
  { number: "9", name: "Balance to finish, including retainage", of: (s) => money(s.balanceToFinishIncludingRetainage) },
  { number: "", name: "Tax applicable to this payment", of: (s) => money(s.taxApplicableToThisPayment) },
];

const PERCENT: Record<string, (summary: Summary) => string | null> = {
  "5a": (summary) => summary.completedWorkRetainagePercent,
  "5b": (summary) => summary.storedMaterialsRetainagePercent,
};

export function G702({ summary }: { summary: Summary }) {
  return (
    <table className="g702">
      <tbody>
        {LINES.map(({ number, name, of, isSum }) => {
          const rate = PERCENT[number]?.(summary) ?? null;
          return (
            <tr key={name} className={isSum ? "sum" : undefined}>
              <td>{number}</td>
              <th scope="row">
                {name}
                {rate !== null && ` (${percent(rate)})`}
              </th>
              <td className="amount">{of(summary)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
