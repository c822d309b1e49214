/** What a client may keep of the server, whoever it is: it is not yet known who asks. */
export interface TransportLimits {
  /** Longest it may take to send the head of a request, ms, 100 to 60,000; default 10,000. */
  readonly headersMs: number;
  /** Longest it may take to send a request, ms, 100 to 300,000; default 30,000. */
  readonly receiveMs: number;
  /** Largest head of a request, bytes, 4,096 to 65,536; default 16,384. */
  readonly headerBytes: number;
  /** Connections at once, 1 to 1,000,000; default 10,000. One more is ended at once. */
  readonly connections: number;
}

/** The default limits. */
export const TRANSPORT_LIMITS: TransportLimits = {
  headersMs: 10_000,
  receiveMs: 30_000,
  headerBytes: 16_384,
  connections: 10_000,
};
