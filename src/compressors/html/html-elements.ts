/** What an HTML element means to a reader: whether it stands on lines of its own, whether it shows, and which part of a page it is. */

export type Attributes = Readonly<Record<string, string>>;

/** A part of a page, as notes name it. `main` holds what the page is about, all others are around it. */
export type PartKind =
  | 'main'
  | 'article'
  | 'navigation'
  | 'page header'
  | 'page footer'
  | 'sidebar'
  | 'dialog'
  | 'form'
  | 'references'
  | 'related links'
  | 'sharing links'
  | 'advertisement'
  | 'comments';

const blocks = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form ' +
    'h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav ol p pre search section summary table tbody textarea tfoot thead tr ul'
  ).split(' '),
);
const unseen = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'head',
  'object',
  'canvas',
  'audio',
  'video',
  'datalist',
  'annotation',
]);
/** What stands apart from its neighbours though it is no block. */
const apart = new Set(['button', 'input', 'select', 'label', 'img', 'option', 'svg', 'canvas', 'meter', 'progress']);

export function isBlock(name: string): boolean {
  return blocks.has(name);
}

export function standsApart(name: string): boolean {
  return apart.has(name);
}

/** True where a browser shows nothing of an element. Streamed pages bring their content in hidden boxes that a script unpacks. */
export function isUnseen(name: string, attributes: Attributes): boolean {
  if (unseen.has(name)) return true;
  if (name === 'html' || name === 'body') return false;
  if (attributes.hidden !== undefined && !/^[SB]:/.test(attributes.id ?? '')) return true;
  return attributes.style !== undefined && /(?:^|;)\s*display\s*:\s*none/i.test(attributes.style);
}

const byElement: ReadonlyMap<string, PartKind> = new Map(
  Object.entries({
    main: 'main',
    article: 'article',
    nav: 'navigation',
    header: 'page header',
    footer: 'page footer',
    aside: 'sidebar',
    dialog: 'dialog',
    form: 'form',
  } as const),
);

const byRole: ReadonlyMap<string, PartKind> = new Map(
  Object.entries({
    main: 'main',
    article: 'article',
    navigation: 'navigation',
    menu: 'navigation',
    menubar: 'navigation',
    banner: 'page header',
    contentinfo: 'page footer',
    complementary: 'sidebar',
    dialog: 'dialog',
    search: 'form',
  } as const),
);

/** Words of class names and ids, whole. */
const byWord: ReadonlyMap<string, PartKind> = new Map(
  Object.entries({
    nav: 'navigation',
    navbar: 'navigation',
    navigation: 'navigation',
    navbox: 'navigation',
    menu: 'navigation',
    breadcrumb: 'navigation',
    breadcrumbs: 'navigation',
    pagination: 'navigation',
    catlinks: 'navigation',
    footer: 'page footer',
    sidebar: 'sidebar',
    rail: 'sidebar',
    cookie: 'dialog',
    cookies: 'dialog',
    consent: 'dialog',
    modal: 'dialog',
    newsletter: 'form',
    subscribe: 'form',
    reflist: 'references',
    references: 'references',
    related: 'related links',
    recommended: 'related links',
    recirculation: 'related links',
    recirc: 'related links',
    trending: 'related links',
    share: 'sharing links',
    sharing: 'sharing links',
    social: 'sharing links',
    ad: 'advertisement',
    ads: 'advertisement',
    advert: 'advertisement',
    advertisement: 'advertisement',
    sponsored: 'advertisement',
    promo: 'advertisement',
    comments: 'comments',
  } as const),
);

/** The part of a page that an element begins; undefined for most. */
export function partOf(name: string, attributes: Attributes): PartKind | undefined {
  const known = byRole.get(attributes.role ?? '') ?? byElement.get(name);
  if (known !== undefined || !/^(?:div|section|ul|ol|table|p)$/.test(name)) return known;
  const words = `${attributes.class ?? ''} ${attributes.id ?? ''}`;
  if (words.length === 1 || words.length > 400) return undefined;
  for (const word of words.split(/[^a-zA-Z]+|(?<=[a-z])(?=[A-Z])/)) {
    const kind = byWord.get(word.toLowerCase());
    if (kind !== undefined) return kind;
  }
  return undefined;
}
