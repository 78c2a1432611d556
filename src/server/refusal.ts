import { EpistreamError } from '../model/errors.js';

/** What is wrong with one field of a request, in FastAPI's form. */
export interface Fault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

/** The local platform will not do what a request asks: the reply is `status` with `{ detail }`. */
export class Refusal extends EpistreamError<
  'Refusal',
  { readonly status: number; readonly detail: string | readonly Fault[] | Readonly<Record<string, unknown>> }
> {
  readonly _tag = 'Refusal';

  constructor(
    status: number,
    detail: string | readonly Fault[] | Readonly<Record<string, unknown>>,
    options?: ErrorOptions,
  ) {
    super(`${status} ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`, { status, detail }, options);
  }
}
