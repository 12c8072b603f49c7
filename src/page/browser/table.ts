/** A table that is sorted by the buttons in its head, and whose rows may open. It keeps order, focus and open rows when new figures come. */
import { button, type Child, element } from './element.ts';

export interface Column<Row> {
  readonly title: string;
  /** What rows are sorted by. */
  readonly value: (row: Row) => string | number;
  /** What is shown; without it the value. */
  readonly show?: (row: Row) => Child;
  /** To the right, and from large to small at the first press. */
  readonly isNumber?: boolean;
}

export interface TableOptions<Row> {
  readonly caption: string;
  /** Shown in place of a table without rows. */
  readonly empty: string;
  /** The first names the row. */
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** The column that rows are sorted by before anybody chose one; without it they stay as they come. */
  readonly sortedBy?: number;
  readonly isAscending?: boolean;
  /** What a row opens to. */
  readonly details?: (row: Row) => Child;
  readonly mostRows?: number;
  /** `is-sums`: as wide columns as in other tables of sums. `is-dense`: long names are cut. */
  readonly look?: 'is-sums' | 'is-dense';
}

export interface Table<Row> {
  update(rows: readonly Row[]): void;
}

export function createTable<Row>(place: HTMLElement, options: TableOptions<Row>): Table<Row> {
  const { columns, keyOf, details, mostRows = 50 } = options;
  let rows: readonly Row[] = [];
  let shown = '';
  let most = mostRows;
  let sorted = options.sortedBy === undefined ? undefined : { at: options.sortedBy, isAscending: options.isAscending ?? false };
  const open = new Set<string>();
  /** What open rows show: it stays as long as their row does, with all that was opened in it. */
  let opened = new Map<string, { readonly row: string; readonly content: Child }>();

  const heads = columns.map(({ title, isNumber }, at) =>
    element(
      'th',
      { scope: 'col', class: isNumber ? 'is-number' : undefined },
      button(title, () => sortBy(at)),
    ),
  );
  const body = element('tbody');
  const more = button('', showMore, { class: 'more' });
  const table = element('table', {}, element('caption', {}, options.caption), element('thead', {}, element('tr', {}, ...heads)), body);
  const sheet = element('div', { class: `sheet ${options.look ?? ''}` }, table, more);
  const empty = element('p', { class: 'empty' }, options.empty);

  return {
    update: (next) => {
      rows = next;
      const text = JSON.stringify(next);
      if (text === shown) return;
      shown = text;
      draw();
    },
  };

  function sortBy(at: number): void {
    const isAscending = sorted?.at === at ? !sorted.isAscending : !columns[at]?.isNumber;
    sorted = { at, isAscending };
    draw();
  }

  function showMore(): void {
    most += 10 * mostRows;
    draw();
  }

  function draw(): void {
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    const focused = focus?.dataset.row;
    const before = opened;
    opened = new Map();
    for (const [at, head] of heads.entries())
      head.setAttribute('aria-sort', sorted?.at === at ? (sorted.isAscending ? 'ascending' : 'descending') : 'none');
    const ordered = order();
    body.replaceChildren(...ordered.slice(0, most).flatMap((row) => drawRow(row, before)));
    more.hidden = ordered.length <= most;
    more.textContent = `Show ${Math.min(10 * mostRows, ordered.length - most)} more of ${ordered.length}`;
    place.replaceChildren(rows.length > 0 ? sheet : empty);
    // What stays was taken out for a moment all the same.
    if (focus && body.contains(focus)) focus.focus({ preventScroll: true });
    if (focused === undefined || !place.contains(sheet)) return;
    for (const each of body.querySelectorAll<HTMLElement>('[data-row]')) if (each.dataset.row === focused) each.focus();
  }

  function order(): readonly Row[] {
    const column = sorted && columns[sorted.at];
    if (!sorted || !column) return rows;
    const direction = sorted.isAscending ? 1 : -1;
    return rows
      .map((row) => ({ row, value: column.value(row) }))
      .sort((one, other) => (one.value < other.value ? -direction : one.value > other.value ? direction : 0))
      .map(({ row }) => row);
  }

  function drawRow(row: Row, before: typeof opened): readonly HTMLElement[] {
    const key = keyOf(row);
    const isOpen = open.has(key);
    const cells = columns.map((column, at) => {
      const content = column.show?.(row) ?? String(column.value(row));
      const attributes = { class: column.isNumber ? 'is-number' : undefined };
      if (at > 0) return element('td', attributes, content);
      return element(
        'th',
        { scope: 'row', ...attributes },
        details && typeof content === 'string' ? opener(key, content, isOpen) : content,
      );
    });
    const drawn = element('tr', {}, ...cells);
    if (!details || !isOpen) return [drawn];
    const text = JSON.stringify(row);
    const known = before.get(key);
    const content = known?.row === text ? known.content : details(row);
    opened.set(key, { row: text, content });
    return [drawn, element('tr', { class: 'details' }, element('td', { colspan: String(columns.length) }, content))];
  }

  function opener(key: string, words: string, isOpen: boolean): HTMLElement {
    const toggle = () => {
      if (!open.delete(key)) open.add(key);
      draw();
    };
    return button(`${isOpen ? '▾' : '▸'} ${words}`, toggle, { 'aria-expanded': String(isOpen), 'data-row': key });
  }
}
