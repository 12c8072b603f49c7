/** What `headroom proxy` says when the first signed request has passed: of what it must leave alone, this its owner can change. */
import { say } from '../launch/say.ts';
import type { ExchangeRecord } from '../proxy/records.ts';

const sentence =
  'headroom: a request is signed (AWS SigV4, a digest): it goes as it came, and nothing in it is made smaller; with a key of Bedrock (AWS_BEARER_TOKEN_BEDROCK) it would be';

/** Gives what is shown each record, and says it once. */
export function noteSigned(isQuiet: boolean): (record: Pick<ExchangeRecord, 'untouched'>) => void {
  let isSaid = isQuiet;
  return ({ untouched }) => {
    if (isSaid || untouched !== 'signed body') return;
    isSaid = true;
    say(sentence);
  };
}
