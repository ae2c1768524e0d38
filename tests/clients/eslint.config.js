// schema.graphql under the rule sets of GraphQL ESLint. Run in the root of the checkout. Each exception says why.
import graphql from '@graphql-eslint/eslint-plugin';

export default [
  {
    files: ['schema.graphql'],
    plugins: {'@graphql-eslint': graphql},
    languageOptions: {
      parser: graphql.parser,
      parserOptions: {graphQLConfig: {schema: 'schema.graphql'}},
    },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/strict-id-in-types': ['error', {exceptions: {
        types: [
          // The Relay cursor connections specification gives these their fields, and no id.
          'PageInfo', 'SubcontractorInvoiceConnection', 'SubcontractorInvoiceEdge',
          // Values: nothing but what they hold. An id would make two equal amounts different.
          'Money', 'G702Summary', 'ErpRule', 'ErpFreshness', 'ErpDocumentation',
          // Read through their owner alone, and only as they are now: a cache must not keep them by an id.
          'Viewer', 'Grants', 'ProjectGrant', 'ErpCapabilities',
          // A line of an invoice's history: never changed, and never asked for without the invoice.
          'UnlinkAttempt',
          // An event, told once. What it happened to has its id.
          'InvoiceChange',
          // What one call was answered. The answer is over when it is read; what it speaks of has its id.
          'Success', 'StillInErp', 'PermissionDenied', 'MissingPermission', 'InvoiceNotFound',
          'InvoiceNotSynced', 'UnlinkNotSupported', 'ErpUnavailable', 'UnlinkPending',
        ],
      }}],
      // Lists that are short by nature (a person's companies, a company's connections) are no pages, and
      // `nodes` beside `edges` spares a client that needs no cursors the walk over them.
      '@graphql-eslint/relay-edge-types': ['error', {listTypeCanWrapOnlyEdgeType: false}],
    },
  },
];
