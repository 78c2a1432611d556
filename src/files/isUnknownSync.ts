/** Whether a file system knows no sync of names, as some network folders do not. */
export const isUnknownSync = (error: unknown): boolean =>
  /^(EINVAL|ENOTSUP|ENOSYS)$/.test((error as { code?: string }).code ?? '');
