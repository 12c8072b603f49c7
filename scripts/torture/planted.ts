/** What must never be found in anything that we write. No two look alike, so that what is found tells where it came from. */
const plant = (name: string) => `planted-${name}-9f8e7d6c5b4a`;

export const planted = {
  key: `sk-ant-${plant('key')}`,
  bearer: plant('bearer'),
  cookie: plant('cookie'),
  query: plant('query'),
  prompt: plant('prompt'),
  system: plant('system'),
  thinking: plant('thinking'),
  command: plant('command'),
  /** In a result that is too small for an excerpt, of which no original is kept. */
  result: plant('result'),
  user: plant('user'),
  reply: plant('reply'),
  password: plant('password'),
  token: plant('token'),
};
