import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { documentBytes, framesDocument, groupDocument, seriesDocument } from '../../src/zarr/storeMetadata.js';

/** As zarr-python writes them. */
const golden = (name: string): string =>
  readFileSync(new URL(`../fixtures/store/${name}.json`, import.meta.url), 'utf8');
const text = (document: Parameters<typeof documentBytes>[0]): string => Buffer.from(documentBytes(document)).toString();

const frames = framesDocument({ frames: 27, chunkSize: 20, height: 6, width: 8 });
const time = seriesDocument({ length: 27, chunkLength: 20 }, { units: 'seconds since 1970-01-01T00:00:00Z' });

describe('storeMetadata', () => {
  it('writes the document of sharded frames as zarr-python does, byte for byte', () => {
    expect(text(frames)).toBe(golden('frames'));
  });

  it('writes the document of a series as zarr-python does, byte for byte', () => {
    expect(text(time)).toBe(golden('time'));
  });

  it('writes the document of a group with its arrays inside as zarr-python does, byte for byte', () => {
    expect(text(groupDocument({ name: 'Growth run 42' }, { frames, time }))).toBe(golden('group'));
  });

  it('leaves the arrays out of a group that is not said to have any', () => {
    expect(JSON.parse(text(groupDocument({ name: 'a' })))).toEqual({
      attributes: { name: 'a' },
      zarr_format: 3,
      node_type: 'group',
    });
  });
});
