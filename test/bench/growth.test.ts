/** What the growth benchmark asks, and how it judges. */
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { barChart } from '../../bench/chart.js';
import { exponentOf, type GrowthPoint } from '../../bench/growth/point.js';
import { documentOf } from '../../bench/growth/series.js';
import { catalogue } from '../support/memory-gateway.js';

const point = (at: number, serverCpu: number): GrowthPoint => {
  return { at, serverCpu, databaseCpu: null, perSecond: 1, p50: 1, memory: 1, startSeconds: 1 };
};

describe('growth', () => {
  it.each([1, 5, 10, 200])('asks for %i fields by a document that the schema takes', (fields) => {
    const document = parse(documentOf(fields));
    expect(validate(catalogue.schema, document)).toEqual([]);
    expect(documentOf(fields).match(/\bf\d+:/g)).toHaveLength(fields);
  });

  it.each([
    ['not at all', 1, 0],
    ['in proportion', 100, 1],
    ['with the square', 10_000, 2],
  ])('tells by the exponent that the cost follows the size %s', (_how, times, exponent) => {
    expect(exponentOf([point(10, 0.5), point(100, 7), point(1000, 0.5 * times)])).toBeCloseTo(exponent);
  });

  it('tells nothing of a single point', () => {
    expect(exponentOf([point(10, 0.5)])).toBeNaN();
  });

  it('draws bars as they come where they lie along an axis', () => {
    const bars = [1, 3, 2].map((value) => ({ label: `bar-${value}`, value, own: true }));
    const labels = (text: string) => [...text.matchAll(/>(bar-\d)</g)].map((match) => match[1]);
    expect(labels(barChart('title', 'unit', bars, 'AS_GIVEN'))).toEqual(['bar-1', 'bar-3', 'bar-2']);
    expect(labels(barChart('title', 'unit', bars))).toEqual(['bar-3', 'bar-2', 'bar-1']);
  });
});
