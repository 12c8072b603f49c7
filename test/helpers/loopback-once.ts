/** A program that sends one request through a proxy of its own and prints the status. Argument: the upstream. */
import { protocols } from '../../src/protocols/index.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { post } from './loopback-client.ts';
import { createTestPipeline } from './loopback-pipeline.ts';
import { secret, settingsFor } from './loopback-settings.ts';

const parts = { protocols, createPipeline: () => createTestPipeline(), onRecord: () => {}, onSkip: () => {} };
const proxy = await startProxy(settingsFor(process.argv[2] ?? ''), parts);
const { status } = await post(`http://127.0.0.1:${proxy.port}/${secret}`, '{}');
console.log(String(status));
await proxy.close();
