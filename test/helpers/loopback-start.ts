/** A program that starts the proxy in its own thread, sends one request of each kind through it and prints the statuses. */
import { protocols } from '../../src/protocols/index.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { bodyWith, numberedFile } from './loopback-bodies.ts';
import { post, send } from './loopback-client.ts';
import { createTestPipeline } from './loopback-pipeline.ts';
import { settingsFor } from './loopback-settings.ts';
import { startUpstream } from './loopback-upstream.ts';

const upstream = await startUpstream();
const proxy = await startProxy(settingsFor(upstream.url), {
  protocols,
  createPipeline: () => createTestPipeline(),
  onRecord: () => {},
  onSkip: () => {},
});
const address = `http://127.0.0.1:${proxy.port}/${settingsFor('').secret}`;
const statuses = [
  await post(address, bodyWith([numberedFile('a')])),
  await send(`${address}/a//b?c`),
  await send(`${address}/x`, { method: 'DELETE', headers: { 'content-length': '1' }, body: 'y' }),
];
console.log(statuses.map(({ status }) => status).join(' '));
await proxy.close();
await upstream.close();
