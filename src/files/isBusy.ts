const BUSY: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY', 'EACCES', 'EPERM']);

/** Whether a system that refuses may say yes later: it is asked for too much at once, or a scanner or a right keeps the file from us. */
export const isBusy = (error: unknown): boolean => BUSY.has((Object(error) as { code?: unknown }).code);
