// One client, driven by JSON on a line each: `main.ts <driver> <settings>`.
// In: {"id", "ask": operation}, {"id", "subscribe": operation}, {"id", "end": true}.
// Out: {"id", "answer", "sent"}, or for a subscription {"id", "event"} again and again.

import {createInterface} from 'node:readline';
import {sent, type Client, type Operation, type Settings} from './client.ts';

interface Request {
  id: number;
  ask?: Operation;
  subscribe?: Operation;
  end?: true;
}

const [driver, settings] = process.argv.slice(2);
const {connect} = await import(`./${driver}.ts`) as {connect(settings: Settings): Client};
const client = connect(JSON.parse(settings!));
const running = new Map<number, () => void>();

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function obey({id, ask, subscribe}: Request): Promise<void> {
  if (ask) {
    const answer = await client.ask(ask);
    say({id, answer, sent: sent.splice(0)});
  } else if (subscribe) {
    running.set(id, client.subscribe!(subscribe, event => say({id, event})));
  } else {
    running.get(id)!();
    running.delete(id);
  }
}

for await (const line of createInterface({input: process.stdin})) void obey(JSON.parse(line));
process.exit();
