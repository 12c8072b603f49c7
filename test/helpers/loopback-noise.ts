/** A program that has a worker print, and itself prints only the status of the reply. Arguments: the worker's file, the upstream. */
import { startProxyThread } from '../../src/launch/proxy-thread.ts';
import { bodyWith } from './loopback-bodies.ts';
import { post } from './loopback-client.ts';
import { settingsFor } from './loopback-settings.ts';

const [worker = '', upstream = ''] = process.argv.slice(2);
const thread = await startProxyThread(settingsFor(upstream), { onRecord: () => {} }, new URL(worker));
const { status } = await post(thread.address, bodyWith(['die by noise']));
await thread.close();
console.log(String(status));
