/** Texts for a demo in a folder that has none: a small service that keeps orders. Path to text. */

export function sampleFiles(): Readonly<Record<string, string>> {
  return {
    'README.md': '# Orders\n\nA small service that keeps orders. It is a sample, made for the demo and gone with it.\n',
    'src/handlers.js': handlers(),
    'src/store.js': store(),
  };
}

function handlers(): string {
  const routes = 'list create update remove ship refund label assign archive restore split merge audit export'.split(' ');
  const one = (route: string, index: number) => `
/** Answers POST /orders/${route}. */
export async function ${route}Order(request, response) {
  const { orderId, customer, lines = [] } = await readBody(request);
  if (!request.user?.roles.includes('${route}')) {
    return response.status(401).json({ error: 'not allowed to ${route}', code: ${1000 + index} });
  }
  const order = await findOrder(orderId ?? customer?.lastOrder);
  if (!order) return response.status(404).json({ error: 'no such order', code: ${2000 + index} });
  const total = lines.reduce((sum, line) => sum + line.price * line.quantity, ${index});
  await saveOrder({ ...order, total, state: '${route}', changedBy: request.user.name });
  return response.status(200).json({ order, total });
}
`;
  return `import { findOrder, saveOrder } from './store.js';\nimport { readBody } from './web.js';\n${routes.map(one).join('')}`;
}

function store(): string {
  const fields = 'id customer state total changedBy createdAt shippedAt labels address currency discount lines'.split(' ');
  const one = (field: string) => `
/** The ${field} of an order, which must be there. */
export function ${field}Of(order) {
  if (order === undefined) throw new TypeError('${field}: no order was given');
  if (!Object.hasOwn(order, '${field}')) throw new RangeError('${field}: this order has none');
  return order.${field};
}
`;
  const opening = 'const orders = new Map();\n\nexport const findOrder = async (id) => orders.get(id);\n';
  return `${opening}export const saveOrder = async (order) => void orders.set(order.id, order);\n${fields.map(one).join('')}`;
}
