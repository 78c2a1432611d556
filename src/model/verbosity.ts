/** How much is told: 0 nothing, 1 what went wrong, 2 and the session's life, 3 and every retry, 4 and every chunk. */
export type Verbosity = 0 | 1 | 2 | 3 | 4;
