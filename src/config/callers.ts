/** Configuration of who asks: issuers, tokens bound to their sender, TLS. */
import { z } from 'zod';
import { isNetwork } from '../http/peer-certificates.js';

/** An issuer of access tokens. */
export const issuerSchema = z.strictObject({
  /** Exact `iss` of its tokens. */
  issuer: z.url(),
  /** Where its key set is published. */
  jwksUrl: z.url(),
  /** What its tokens must name as `aud`; default: the gateway's audience. */
  audience: z.string().min(1).optional(),
});

/** What access tokens must be like. */
export const tokensSchema = z.strictObject({
  /** Whether every application's tokens must be bound to a key (DPoP) or a certificate (mutual TLS). */
  senderConstrained: z.enum(['optional', 'required']).default('optional'),
  /** Applications whose tokens must be, where it is optional for the others. */
  senderConstrainedClients: z.array(z.string().min(1)).default([]),
  /** Whether every proof must hold a nonce of the process that answers; default: where there are several processes. */
  dpopNonces: z.boolean().optional(),
});

/** TLS of the port. */
export const tlsSchema = z.strictObject({
  /** PEM of the certificate and its chain; relative to the data folder, as the files below. Read again when it changes. */
  certFile: z.string().min(1),
  /** PEM of its private key. */
  keyFile: z.string().min(1),
  /** PEM of the authorities whose client certificates count; default: any certificate whose key the client holds. */
  clientCaFile: z.string().min(1).optional(),
  /** Lowest version of TLS. */
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
});

/** A header in which a proxy tells the client's certificate. */
export const clientCertificateHeaderSchema = z.strictObject({
  /** Name of the header, whose value is that of `Client-Cert` (RFC 9440). */
  name: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .default('Client-Cert'),
  /** Addresses or networks of the proxies that set it, and remove what clients send under that name. */
  from: z.array(z.string().refine(isNetwork, 'not an address or network such as 10.0.0.5 or 10.0.0.0/24')).min(1),
});
