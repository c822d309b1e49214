/** The office on its own: `npm start`. */
import fastify from 'fastify';
import { enrolment } from './plugin.js';
import { readSettings, SettingFaults } from './settings.js';

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

try {
  const { host, port, gatewayUrl, access, ...options } = readSettings(process.env);
  const server = fastify({ logger: false });
  await server.register(enrolment, {
    ...options,
    gatewayUrl: () => gatewayUrl,
    access: () => access,
    demonstration: false,
    fault: (error, what) => say(`${what}: ${error instanceof Error ? error.message : String(error)}`),
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.close());
  say(`enrolment at ${await server.listen({ host, port })}`);
} catch (error) {
  if (!(error instanceof SettingFaults)) throw error;
  say(error.message);
  process.exitCode = 2;
}
