/** Who sends a request, as far as connection and request show it beside the access token. */

/** The request that brought a token, and the connection it came over. */
export interface Sender {
  /** HTTP method, as it was sent. */
  readonly method: string;
  /** Value of a header, by lower-case name; several headers of one name are joined by commas. */
  header(name: string): string | undefined;
  /**
   * SHA-256 of the DER of the certificate whose private key the client has shown to hold, base64url
   * (RFC 8705 §3.1); null where there is none. Must be quick when asked again.
   */
  certificate(): string | null;
  /** Sets a header of the answer, whatever the answer will be. */
  answerWith(name: string, value: string): void;
}

/** A sender of whom nothing is known: no token that is bound to its sender can be its. */
export const UNKNOWN_SENDER: Sender = {
  method: '',
  header: () => undefined,
  certificate: () => null,
  answerWith: () => undefined,
};
