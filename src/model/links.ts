/** What a stream is linked to on the platform. */
export interface Links {
  /** Name or UUID of the wafer. A name is matched case-insensitively and created when missing; a UUID must exist. */
  readonly physicalSample?: string | undefined;
  /** UUID of a project; with a physical sample, the project tracks that sample from then on. */
  readonly projectId?: string | undefined;
  /** Names or UUIDs; blanks are dropped, the first spelling of a name wins. Unknown names are created, unknown UUIDs refused. */
  readonly tags?: readonly string[] | undefined;
}
