/** An error as data: it can be journalled and printed, and holds no key and no signed URL. */
export interface Problem {
  /** The error's `_tag`, or its name. */
  readonly tag: string;
  readonly message: string;
  /** HTTP status, when an answer came. */
  readonly status?: number;
  /** The option or frame field at fault, for bad input. */
  readonly field?: string;
}

/**
 * An error as data. Whoever throws keeps keys and signed URLs out of messages; nothing else of the error is taken over.
 *
 * @internal
 */
export const toProblem = (error: unknown): Problem => {
  const { _tag, name, message, context } = Object(error) as Partial<Record<'_tag' | 'name' | 'message', string>> & {
    context?: { problem?: Problem; status?: number; field?: string };
  };
  if (context?.problem !== undefined) return context.problem;
  return {
    tag: _tag ?? name ?? 'Error',
    message: message ?? String(error),
    ...(context?.status === undefined ? {} : { status: context.status }),
    ...(context?.field === undefined ? {} : { field: context.field }),
  };
};
