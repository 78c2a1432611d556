/** What is written beside the numbers: anything JSON holds. */
export type Attributes = Readonly<Record<string, unknown>>;

/** The `zarr.json` of an array, Zarr v3. */
export interface ArrayDocument {
  readonly shape: readonly number[];
  readonly data_type: 'uint8' | 'float64';
  readonly chunk_grid: {
    readonly name: 'regular';
    readonly configuration: { readonly chunk_shape: readonly number[] };
  };
  readonly chunk_key_encoding: { readonly name: 'default'; readonly configuration: { readonly separator: '/' } };
  readonly fill_value: number | 'NaN';
  readonly codecs: readonly Codec[];
  readonly attributes: Attributes;
  readonly dimension_names: readonly string[];
  readonly zarr_format: 3;
  readonly node_type: 'array';
  readonly storage_transformers: readonly [];
}

/** The `zarr.json` of a group, Zarr v3, with its arrays' documents inline when it has them. */
export interface GroupDocument {
  readonly attributes: Attributes;
  readonly zarr_format: 3;
  readonly consolidated_metadata?: {
    readonly kind: 'inline';
    readonly must_understand: false;
    readonly metadata: Readonly<Record<string, ArrayDocument>>;
  };
  readonly node_type: 'group';
}

interface Codec {
  readonly name: string;
  readonly configuration?: Readonly<Record<string, unknown>>;
}

const littleEndian: Codec = { name: 'bytes', configuration: { endian: 'little' } };

const regularArray = (
  shape: readonly number[],
  chunkShape: readonly number[],
  dimensions: readonly string[],
  rest: Pick<ArrayDocument, 'data_type' | 'fill_value' | 'codecs' | 'attributes'>,
): ArrayDocument => ({
  shape,
  data_type: rest.data_type,
  chunk_grid: { name: 'regular', configuration: { chunk_shape: chunkShape } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: rest.fill_value,
  codecs: rest.codecs,
  attributes: rest.attributes,
  dimension_names: dimensions,
  zarr_format: 3,
  node_type: 'array',
  storage_transformers: [],
});

/**
 * The array of a stream's frames: `(time, y, x)`, uint8, a shard a chunk and an inner chunk a frame.
 *
 * Shards are compressed elsewhere: the zstd level here is a remark, any level decodes.
 */
export const framesDocument = (
  shape: { readonly frames: number; readonly chunkSize: number; readonly height: number; readonly width: number },
  attributes: Attributes = {},
): ArrayDocument => {
  const { frames, chunkSize, height, width } = shape;
  const sharding: Codec = {
    name: 'sharding_indexed',
    configuration: {
      chunk_shape: [1, height, width],
      codecs: [{ name: 'bytes' }, { name: 'zstd', configuration: { level: 3, checksum: false } }],
      index_codecs: [littleEndian, { name: 'crc32c' }],
      index_location: 'end',
    },
  };
  return regularArray([frames, height, width], [chunkSize, height, width], ['time', 'y', 'x'], {
    data_type: 'uint8',
    fill_value: 0,
    codecs: [sharding],
    attributes,
  });
};

/** A float64 array along `time`, uncompressed; NaN where nothing was written. */
export const seriesDocument = (
  shape: { readonly length: number; readonly chunkLength: number },
  attributes: Attributes = {},
): ArrayDocument =>
  regularArray([shape.length], [shape.chunkLength], ['time'], {
    data_type: 'float64',
    fill_value: 'NaN',
    codecs: [littleEndian],
    attributes,
  });

/** The attributes of a `time` array in unix seconds, as the CF conventions name them, so that readers make dates of it. */
export const unixSeconds: Attributes = {
  standard_name: 'time',
  units: 'seconds since 1970-01-01T00:00:00Z',
  calendar: 'proleptic_gregorian',
};

/**
 * A group. With `members` their documents stand inside it too (consolidated metadata), so that one rename shows readers of the
 * group all its arrays at one length; Zarr 3 lets readers ignore that.
 */
export const groupDocument = (
  attributes: Attributes,
  members?: Readonly<Record<string, ArrayDocument>>,
): GroupDocument => ({
  attributes,
  zarr_format: 3,
  ...(members && {
    consolidated_metadata: { kind: 'inline', must_understand: false, metadata: members },
  }),
  node_type: 'group',
});

/** The bytes of a `zarr.json`. */
export const documentBytes = (document: ArrayDocument | GroupDocument): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(document, null, 2));
