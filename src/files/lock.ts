/** Keeps a directory to one owner on this computer: resolves with the release, or with nothing while another, in whatever process, has it. */
export type Lock = (directory: string) => Promise<(() => Promise<void>) | undefined>;
