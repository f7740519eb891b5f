import { describe, expect, it } from '@jest/globals';
import { plotSvg } from './plot.ts';

const rate = [
  { x: 0, y: 0 },
  { x: 500, y: 40 },
  { x: 1000, y: 20 },
];

describe('a plot', () => {
  it('places points between the margins, the greatest value at the top', () => {
    const [, points] = /points="([^"]*)"/.exec(plotSvg('rate', [{ name: 'rows/s', points: rate }])) ?? [];
    expect(points).toBe('20.0,360.0 400.0,60.0 780.0,210.0');
  });

  it('gives each series its own scale and names its greatest value', () => {
    const memory = rate.map(({ x }) => ({ x, y: 300 }));
    const svg = plotSvg('both', [
      { name: 'rows/s', points: rate },
      { name: 'MB', points: memory },
    ]);
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).toContain('rows/s, greatest 40.0');
    expect(svg).toContain('MB, greatest 300');
    expect(svg).toContain('points="20.0,60.0 400.0,60.0 780.0,60.0"');
  });

  it('shows a point that stands alone, and does not stud a long line', () => {
    const many = Array.from({ length: 50 }, (_, x) => ({ x, y: 1 }));
    expect(plotSvg('rate', [{ name: 'rows/s', points: rate.slice(1, 2) }])).toContain(
      '<circle cx="780.0" cy="60.0"',
    );
    expect(plotSvg('rate', [{ name: 'rows/s', points: many }])).not.toContain('<circle');
  });

  it('keeps the text of a name out of the markup, and draws nothing of nothing', () => {
    const svg = plotSvg('a < b & c', [{ name: 'none', points: [] }]);
    expect(svg).toContain('a &#60; b &#38; c');
    expect(svg).not.toContain('NaN');
  });
});
