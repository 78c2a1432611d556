import { describe, expect, it } from '@jest/globals';
import { pathOf, routes } from '../../src/ingest/routes.js';

describe('pathOf', () => {
  it('fills in ids, each as one path segment', () => {
    expect(pathOf(routes.trackSample, { projectId: 'p1' })).toBe('/projects/p1/configuration/tracking_samples');
    expect(pathOf(routes.endRheed, { dataId: '../x?y#z/%' })).toBe('/rheed/stream/..%2Fx%3Fy%23z%2F%25/end');
  });

  it('leaves a route without ids as it is', () => {
    expect(pathOf(routes.samples)).toBe('/physical_samples/');
  });
});
