/** Our name for a session, from its first moment, also offline. */
export type SessionId = string & { readonly SessionId: unique symbol };

/** The platform's name for a stream. */
export type DataId = string & { readonly DataId: unique symbol };
