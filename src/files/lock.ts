/**
 * Keeps a name in a directory to one owner on this computer, whether anything of that name is there or not: resolves with the
 * release, or with nothing while another, in whatever process, has it.
 */
export type Lock = (directory: string, name?: string) => Promise<(() => Promise<void>) | undefined>;
