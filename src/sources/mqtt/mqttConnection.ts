/** How a source stands to its broker. */
export type MqttConnection =
  /** Subscribed. `isResumed`: the broker knew our `clientId`, and hands over what was published meanwhile. */
  | { readonly state: 'connected'; readonly broker: string; readonly isResumed: boolean }
  /** There is no connection, and another attempt in a while. */
  | { readonly state: 'away'; readonly broker: string; readonly reason: string; readonly retryInMs: number };
