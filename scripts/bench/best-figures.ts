/** The highest share removed that others state per kind of output, and the best that keeps all that matters where they tell it apart (percent). */

export interface BestFigure {
  readonly highest: string;
  readonly faithful: string;
}

/** By folder of `outputs/`. */
export const bestFigures: Readonly<Record<string, BestFigure>> = {
  build_errors: { highest: '94', faithful: '-' },
  ci_logs: { highest: '92', faithful: '-' },
  diffs: { highest: '93', faithful: '20-64' },
  dir_listings: { highest: '84-99', faithful: '-' },
  git_log: { highest: '98', faithful: '-' },
  html: { highest: '95', faithful: '95' },
  infra: { highest: '83-91', faithful: '35-73' },
  install: { highest: '87-89', faithful: '-' },
  json_api: { highest: '83-91', faithful: '35-73' },
  lint_sarif: { highest: '83-91', faithful: '35-73' },
  logs: { highest: '87-92', faithful: '-' },
  prose_docs: { highest: '43-46', faithful: '-' },
  search_results: { highest: '61-82', faithful: '32' },
  tables_csv_sql: { highest: '46-55', faithful: '-' },
  terminal_capture: { highest: '92', faithful: '-' },
  test_runs: { highest: '97-99', faithful: '57' },
};
