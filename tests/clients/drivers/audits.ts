// The audits of GraphQL over HTTP: `audits.ts <url> <token>` prints each with how it ended, as JSON.

import {serverAudits} from 'graphql-http';

const [url, token] = process.argv.slice(2);

const fetchFn: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(input, {...init, headers});
};

const results = [];
for (const audit of serverAudits({url: url!, fetchFn})) {
  const result = await audit.fn();
  const reason = 'reason' in result ? result.reason : null;
  results.push({id: audit.id, name: audit.name, status: result.status, reason});
}
process.stdout.write(JSON.stringify(results));
