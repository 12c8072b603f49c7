/** Two bars for each day: what it would have been, and, in front of it, what it was. Below nothing stays visible: the front bar is then the taller. */
import uPlot from 'uplot';
import { element, find } from './element.ts';

interface DayValues {
  /** Such as `2026-11-22`. */
  readonly day: string;
  readonly without: number;
  readonly was: number;
}

export interface ChartOptions {
  readonly place: string;
  readonly without: string;
  readonly was: string;
  readonly say: (value: number) => string;
}

export interface Chart {
  /** `description` is what those hear who do not see it. */
  update(days: readonly DayValues[], description: string): void;
}

const height = 240;
const dayLong = 86_400;

export function createChart({ place, without, was, say }: ChartOptions): Chart {
  const box = find(place);
  let days: readonly DayValues[] = [];
  let drawn: uPlot | undefined;
  let shown: string | undefined;
  box.setAttribute('role', 'img');

  const redraw = () => {
    drawn?.destroy();
    box.replaceChildren(...(days.length > 0 ? [] : [element('p', { class: 'hint' }, 'No day yet.')]));
    drawn = days.length > 0 ? draw() : undefined;
  };
  new ResizeObserver(() => {
    if (drawn && drawn.width !== widthOf(box)) drawn.setSize({ width: widthOf(box), height });
  }).observe(box);
  // Its colours are painted, not styled.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  return {
    update: (next, description) => {
      box.setAttribute('aria-label', description);
      const text = JSON.stringify(next);
      if (text === shown) return;
      [days, shown] = [next, text];
      redraw();
    },
  };

  function draw(): uPlot {
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const { bars } = uPlot.paths;
    if (!bars) throw new Error('the chart library has no bars');
    const series = (label: string, fill: string, share: number, most: number): uPlot.Series => ({
      label,
      fill,
      stroke: fill,
      width: 0,
      paths: bars({ size: [share, most] }),
      points: { show: false },
      value: (_, value) => (value === null ? '–' : say(value)),
    });
    const axis: uPlot.Axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const times = days.map(({ day }) => Date.parse(day) / 1000);
    // Of one day alone the library would make years.
    const span: [number, number] = [(times[0] ?? 0) - 0.7 * dayLong, (times.at(-1) ?? 0) + 0.7 * dayLong];
    const time = uPlot.fmtDate('{YYYY}-{MM}-{DD}');
    return new uPlot(
      {
        width: widthOf(box),
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        scales: {
          x: { range: () => span },
          y: { range: (_, __, most) => [0, most * 1.05 || 1] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 34,
            incrs: [1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * dayLong),
            values: (_, splits) => splits.map((at) => dayOf(at).slice(5)),
          },
          { ...axis, size: 64, values: (_, splits) => splits.map(say) },
        ],
        series: [
          { label: 'Day', value: (_, seconds) => (seconds === null ? '–' : time(new Date(seconds * 1000))) },
          series(without, colour('--without'), 0.8, 48),
          series(was, colour('--accent'), 0.45, 27),
        ],
      },
      [times, days.map((each) => each.without), days.map((each) => each.was)],
      box,
    );
  }
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function widthOf(box: HTMLElement): number {
  return Math.max(240, Math.floor(box.clientWidth));
}
