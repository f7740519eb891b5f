import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of a plot, on an axis of its own scale that starts at 0. */
export interface Series {
  /** with its unit, such as 'events/s' */
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 800;
const HEIGHT = 400;
const MARGIN = { left: 20, right: 20, top: 60, bottom: 40 };
const COLOURS = ['#1b6ca8', '#c0392b', '#2e8b57', '#8e44ad'];
/** So few points are measurements of their own, each shown; one alone would be no line. */
const FEW = 10;

/** The picture as SVG: every series against the same x, each scaled to its own greatest value, which its legend names. */
export function plotSvg(title: string, series: readonly Series[]): string {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const [low, high] = [Math.min(0, ...xs), Math.max(...xs, 1)];
  const across = (x: number) =>
    MARGIN.left + ((x - low) / (high - low)) * (WIDTH - MARGIN.left - MARGIN.right);
  const lines = series.map(({ name, points }, index) => {
    const top = Math.max(...points.map(({ y }) => y), Number.MIN_VALUE);
    const up = (y: number) => HEIGHT - MARGIN.bottom - (y / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const colour = COLOURS[index % COLOURS.length] as string;
    const places = points.map(({ x, y }) => [across(x).toFixed(1), up(y).toFixed(1)] as const);
    const shown = places.length > FEW ? [] : places;
    const dots = shown.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`).join('');
    const legend = text(MARGIN.left + index * 260, 44, `${name}, greatest ${round(top)}`, colour);
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.join(' ')}"/>${dots}${legend}`;
  });
  const floor = HEIGHT - MARGIN.bottom;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const x = low + part * (high - low);
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
    return text(across(x), floor + 20, round(x), '#333', anchor);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(MARGIN.left, 22, title, '#000'),
    `<path stroke="#999" d="M${MARGIN.left} ${floor}H${WIDTH - MARGIN.right}"/>`,
    ...ticks,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

/** Writes the picture. @returns its path */
export function drawPlot(file: string, title: string, series: readonly Series[]): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, plotSvg(title, series));
  return file;
}

function text(x: number, y: number, words: string, colour: string, anchor = 'start'): string {
  const safe = words.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${colour}" text-anchor="${anchor}">${safe}</text>`;
}

function round(value: number): string {
  return value >= 100 || value === 0 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
