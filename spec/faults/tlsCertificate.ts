import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** What a certificate is to say. */
export interface CertificateOptions {
  readonly name: string;
  /** Hosts it is for. */
  readonly hosts?: readonly string[];
  /** Days from now until it ends; negative for one that has ended. Default 1. */
  readonly endsInDays?: number;
  /** Default: itself. */
  readonly issuer?: Certificate;
}

/** A certificate and its key, as TLS wants them. */
export interface Certificate {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

const DAY_MS = 86_400_000;

/** Makes a certificate (RFC 5280), so that none with its key has to be kept anywhere. */
export const makeCertificate = ({ name, hosts, endsInDays = 1, issuer }: CertificateOptions): Certificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toBeSigned = sequence(
    explicit(0, integer(2)), // version 3
    integer(Math.trunc(Math.random() * 2 ** 31)),
    ECDSA_WITH_SHA256,
    nameOf(issuer?.name ?? name),
    sequence(time(Date.now() - 30 * DAY_MS), time(Date.now() + endsInDays * DAY_MS)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensionsOf(hosts))),
  );
  const signature = sign('sha256', toBeSigned, issuer?.privateKey ?? privateKey);
  const der = sequence(toBeSigned, ECDSA_WITH_SHA256, tagged(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    privateKey,
  };
};

/** One DER value: tag, length, content. */
const tagged = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
};

const sequence = (...items: readonly Buffer[]): Buffer => tagged(0x30, ...items);
const explicit = (tag: number, item: Buffer): Buffer => tagged(0xa0 + tag, item);
const octets = (bytes: Buffer): Buffer => tagged(0x04, bytes);
const oid = (...bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));

const integer = (value: number): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const sign = (bytes[0] ?? 0) > 0x7f ? [Buffer.from([0])] : []; // or it would be negative
  return tagged(0x02, ...sign, bytes);
};

/** UTCTime: `YYMMDDhhmmssZ`. */
const time = (ms: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/\D/g, '')}Z`));

const nameOf = (commonName: string): Buffer =>
  sequence(tagged(0x31, sequence(oid(0x55, 4, 3), tagged(0x0c, Buffer.from(commonName)))));

const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));

/** Of an authority that it is one; of a server, for which hosts it speaks. */
const extensionsOf = (hosts: readonly string[] | undefined): Buffer[] => {
  if (hosts === undefined)
    return [sequence(oid(0x55, 0x1d, 0x13), octets(sequence(tagged(0x01, Buffer.from([0xff])))))];
  const names = hosts.map((host) =>
    /^\d+(\.\d+){3}$/.test(host)
      ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
      : tagged(0x82, Buffer.from(host)),
  );
  return [sequence(oid(0x55, 0x1d, 0x11), octets(sequence(...names)))];
};
