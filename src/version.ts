/** The package's version: put in by the build; `0.0.0-source` when the sources run unbundled. */
declare const HEADROOM_VERSION: string;

export const version: string = typeof HEADROOM_VERSION === 'string' ? HEADROOM_VERSION : '0.0.0-source';
