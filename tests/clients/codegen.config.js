// Types, typed documents and the list of trusted documents, as a front end's build makes them.
export default {
  schema: '../../schema.graphql',
  documents: 'operations/*.graphql',
  emitLegacyCommonJSImports: false,
  generates: {
    'generated/': {
      preset: 'client',
      presetConfig: {
        // By their sha256, whole: what the service looks for.
        persistedDocuments: {hashAlgorithm: 'sha256'},
        fragmentMasking: false,
      },
      config: {
        scalars: {Date: 'string', DateTime: 'string', Decimal: 'string'},
        // Node runs the result as it is: types that can be taken out, and no others.
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};
