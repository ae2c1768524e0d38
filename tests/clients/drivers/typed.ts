// What the typed documents promise to those who write a front end: for tsc to check, and for nobody to run.

import type {ApolloClient} from '@apollo/client';
import type {Client as Urql} from '@urql/core';
import type {GraphQLClient} from 'graphql-request';
import {InvoiceChangedDocument, SyncedInvoicesDocument, UnlinkDocument} from '../generated/graphql.ts';

export async function apollo(client: ApolloClient, companyId: string, invoiceId: string): Promise<void> {
  const {data} = await client.query({query: SyncedInvoicesDocument, variables: {companyId}});
  const amount: string | undefined = data?.syncedInvoices?.nodes[0]?.currentPaymentDue?.amount;
  // @ts-expect-error There is no such field.
  data?.syncedInvoices?.nodes[0]?.colour;
  // @ts-expect-error The company is missing.
  await client.query({query: SyncedInvoicesDocument, variables: {}});
  const unlinked = await client.mutate({mutation: UnlinkDocument, variables: {invoiceId}});
  const message: string | undefined = unlinked.data?.unlinkInvoice?.message;
  console.log(amount, message);
}

export function urql(client: Urql, companyId: string): void {
  client.subscription(InvoiceChangedDocument, {companyId}).subscribe(({data}) => {
    const kind: 'UNLINKED' | 'LINKED' | 'RECORD_STATE_SEEN' | undefined = data?.invoiceChanged?.kind;
    console.log(kind);
  });
  // @ts-expect-error There is no such state.
  client.query(SyncedInvoicesDocument, {companyId, filter: {recordStates: ['LOST']}});
}

export async function graphqlRequest(client: GraphQLClient, companyId: string): Promise<number | undefined> {
  const {syncedInvoices} = await client.request(SyncedInvoicesDocument, {companyId});
  return syncedInvoices?.totalCount;
}
