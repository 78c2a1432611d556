import { existsSync } from 'node:fs';
import { checkEndpoint } from '../../ingest/endpoint.js';
import { InputError } from '../../model/errors.js';
import { keyPrintOf, type Owner } from '../../spool/owner.js';
import type { SpoolPlace } from '../../spool/spoolPlace.js';
import { endpointOf } from '../endpointOf.js';
import { keyOf } from '../platformSettings.js';
import type { SpoolSettings } from '../spoolCommand.js';
import { spoolPlaceOf } from './spoolPlaceOf.js';

/** The spool that a command is about, and who asks. */
export interface SpoolSetting {
  readonly place: SpoolPlace;
  readonly endpoint: string;
  /** Whose a session would be if this command made it. */
  readonly ownerOf: (session: string) => Owner;
}

/**
 * Nothing is made. Throws an `InputError` for an endpoint that is none, or, unless it `mayBeMissing`, a folder that was named and is
 * not there: a misspelt one would pass for an empty spool.
 */
export const spoolSetting = (
  settings: SpoolSettings,
  { mayBeMissing = false, env = process.env }: { mayBeMissing?: boolean; env?: NodeJS.ProcessEnv } = {},
): SpoolSetting => {
  const endpoint = checkEndpoint(endpointOf(settings, env));
  const key = keyOf(settings, env);
  const place = spoolPlaceOf(settings.spool, env);
  const isNamed = settings.spool !== undefined || Boolean(env.EPISTREAM_SPOOL_DIR);
  if (isNamed && !mayBeMissing && !existsSync(place.root))
    throw new InputError('spool.dir', place.root, 'must be a folder that is there');
  return {
    place,
    endpoint,
    ownerOf: (session) => ({ endpoint, ...(key === '' ? {} : { keyPrint: keyPrintOf(key, session) }) }),
  };
};
