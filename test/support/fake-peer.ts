/** Another city's gateway that answers whatever a test has it answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface PeerRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** An answer to give; null: none, ever. */
export type PeerReply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
} | null;

/** The answer of a gateway with this data, these outcomes and errors. */
export function answerOf(
  data: unknown,
  outcomes: readonly unknown[] = [],
  errors: readonly unknown[] = [],
): NonNullable<PeerReply> {
  const mianzheng = { requestId: 'r', record: 'peer-1/7', outcomes, provenance: [] };
  return { body: JSON.stringify({ data, ...(errors.length > 0 ? { errors } : {}), extensions: { mianzheng } }) };
}

/** Starts it on a free port. */
export async function startFakePeer(reply: (request: PeerRequest) => PeerReply) {
  const requests: PeerRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const body = (text === '' ? { query: '', variables: {} } : JSON.parse(text)) as Omit<PeerRequest, 'headers'>;
      const asked = { ...body, headers: request.headers };
      requests.push(asked);
      const given = reply(asked);
      if (given === null) return;
      response.writeHead(given.status ?? 200, given.headers).end(given.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What was asked, in order. */
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
