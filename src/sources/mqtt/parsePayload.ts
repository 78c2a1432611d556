import { InputError } from '../../model/errors.js';
import type { MqttMessage, MqttReading } from './mqttMessage.js';

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** A date without a zone is nobody's. */
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * Reads a number (`23.5`, `1.2e-9`, `NaN`), or JSON: a number, a boolean, or an object `{ value, t?, units? }` with `t` in ms UTC or ISO 8601
 * with a zone. An empty message, by which a retained one is deleted, is nothing. Throws for everything else.
 *
 * @internal
 */
export const parsePayload = ({ text }: Pick<MqttMessage, 'text'>): MqttReading | undefined => {
  const said = text.trim();
  if (said === '') return undefined;
  if (number.test(said)) return { value: Number(said) };
  if (/^nan$/i.test(said)) return { value: Number.NaN };
  const json: unknown = JSON.parse(said);
  if (typeof json !== 'object' || json === null) return { value: toValue(json) };
  const { value, t, units } = json as Record<string, unknown>;
  if (units != null && typeof units !== 'string') throw new InputError('units', units, 'must be a string');
  return { value: toValue(value), ...(t == null ? {} : { t: toTime(t) }), ...(units == null ? {} : { units }) };
};

/** A shutter is open or it is not; null is what JSON has for NaN. */
const toValue = (said: unknown): number => {
  if (said === null) return Number.NaN;
  if (typeof said === 'boolean') return said ? 1 : 0;
  if (typeof said === 'number') return said;
  throw new InputError('value', said, 'must be a number');
};

const toTime = (said: unknown): number => {
  if (typeof said === 'number') return said;
  if (typeof said === 'string' && isoTime.test(said)) return Date.parse(said);
  throw new InputError('t', said, 'must be ms UTC, or ISO 8601 with a zone');
};
