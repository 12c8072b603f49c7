/** Agents that leave at every stage, send slowly, or wait to be asked for the body. */
import { afterBody, answerWell, chunk, event, type Fault, streamHead } from './fault.ts';

const leavesWithin = (share: number): Fault => ({
  name: `the agent leaves when ${Math.round(share * 100)}% of the body is out`,
  way: () => ({ leavesAt: share }),
  script: () => afterBody(answerWell),
  mayNotArrive: true,
  isRace: true,
});

export const agentFaults: readonly Fault[] = [
  ...[0, 0.3, 0.99].map(leavesWithin),
  {
    name: 'the agent leaves before the reply',
    script: (_, present) => afterBody(() => present().leave()),
  },
  {
    name: 'the agent leaves after the head',
    script: (_, present) =>
      afterBody(async ({ write }) => {
        write(streamHead);
        await present().until(0);
        present().leave();
      }),
  },
  {
    name: 'the agent leaves in mid-stream, and upstream goes on',
    script: (dice, present) => {
      const events = 1 + dice(20);
      return afterBody(async ({ write, gone }) => {
        write(streamHead);
        for (let sent = 1; sent <= events; sent++) {
          write(chunk(event('on')));
          await present().until(sent * event('on').length);
        }
        present().leave();
        const timer = setInterval(() => write(chunk(event('on'))), 1);
        await gone;
        clearInterval(timer);
      });
    },
  },
  {
    name: 'the agent leaves with much under way',
    script: (_, present) =>
      afterBody(async ({ write, gone }) => {
        write(streamHead);
        const big = chunk('x'.repeat(100_000));
        for (let sent = 0; sent < 30; sent++) write(big);
        await present().until(100_000);
        present().leave();
        await gone;
      }),
    isRace: true,
  },
  { name: 'a body in many pieces', way: (dice) => ({ pieces: 2 + dice(60) }), script: () => afterBody(answerWell) },
  { name: 'a body in chunks', way: () => ({ isChunked: true, pieces: 5 }), script: () => afterBody(answerWell) },
  {
    name: 'a body in chunks, and the agent leaves',
    way: () => ({ isChunked: true, pieces: 5, leavesAt: 0.7 }),
    script: () => afterBody(answerWell),
    mayNotArrive: true,
    isRace: true,
  },
  {
    name: '100-continue',
    way: () => ({ expects: true }),
    script: () => async (turn) => {
      turn.write('HTTP/1.1 100 Continue\r\n\r\n');
      await turn.body;
      answerWell(turn);
    },
  },
  {
    name: '100-continue, refused',
    way: () => ({ expects: true }),
    script:
      () =>
      ({ write, end }) => {
        write('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}');
        end();
      },
    mayNotArrive: true,
    isRace: true,
  },
];
