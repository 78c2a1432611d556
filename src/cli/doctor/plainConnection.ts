/** What keeps a connection from being made, and what to do about it. */
export interface Obstacle {
  readonly says: string;
  readonly advice: string;
}

const proxy = 'a proxy of the network that looks into connections must be made known to Node with NODE_EXTRA_CA_CERTS';

const obstacles: Readonly<Record<string, Obstacle>> = {
  CERT_HAS_EXPIRED: {
    says: 'its certificate has expired',
    advice: "check this computer's date; if it is right, tell whoever runs the platform",
  },
  CERT_NOT_YET_VALID: {
    says: 'its certificate is not valid yet',
    advice: "check this computer's date: it is probably behind",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: 'its certificate is for another name',
    advice: 'check the host name in --endpoint',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    says: 'it signs its certificate itself, so nobody vouches for it',
    advice: 'give Node the certificate with NODE_EXTRA_CA_CERTS',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    says: 'its certificate is signed by somebody this computer does not know',
    advice: proxy,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    says: 'its certificate is signed by somebody this computer does not know',
    advice: proxy,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    says: 'its certificate is signed by somebody this computer does not know',
    advice: proxy,
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    says: 'it does not speak TLS',
    advice: 'check the port, or whether it is http: and not https:',
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    says: 'it does not speak TLS',
    advice: 'check the port, or whether it is http: and not https:',
  },
  ENOTFOUND: { says: 'no host has this name', advice: 'check the host name in --endpoint, and the network' },
  EAI_AGAIN: {
    says: 'the host name cannot be looked up',
    advice: 'check the network: this computer seems to be off it',
  },
  ECONNREFUSED: { says: 'nobody listens there', advice: 'check the port, and whether the platform runs' },
  ENETUNREACH: { says: 'the network is not reachable', advice: 'check the cable or the wireless network' },
  EHOSTUNREACH: { says: 'the host is not reachable', advice: 'check the network and its firewall' },
  ECONNRESET: { says: 'the connection is cut', advice: 'a firewall may do that: ask whoever runs the network' },
  ETIMEDOUT: { says: 'the host does not answer', advice: 'a firewall may do that: ask whoever runs the network' },
  UND_ERR_CONNECT_TIMEOUT: {
    says: 'the host does not answer',
    advice: 'a firewall may do that: ask whoever runs the network',
  },
};

/** Why no answer came, in plain words. */
export const plainConnection = (error: unknown): Obstacle => {
  const { cause, message } = Object(error) as { cause?: { code?: string }; message?: string };
  return obstacles[cause?.code ?? ''] ?? { says: message ?? String(error), advice: 'check the network and --endpoint' };
};
