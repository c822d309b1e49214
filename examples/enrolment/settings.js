/** What the office is told by its environment. Every fault is reported at once. */
import { resolve } from 'node:path';

/** The environment cannot be used; the message lists every fault. */
export class SettingFaults extends Error {
  /** @param {string[]} faults */
  constructor(faults) {
    super(faults.map((fault) => `- ${fault}`).join('\n'));
    this.name = 'SettingFaults';
  }
}

/**
 * @typedef {object} Settings
 * @property {string} host
 * @property {number} port
 * @property {string} gatewayUrl
 * @property {import('./gateway.js').Access} access
 * @property {string} matter
 * @property {string | null} filedOn
 * @property {string} file
 * @property {string} clerkCode
 * @property {boolean} secure
 */

/** Whether it is a day of the calendar: the gateway would refuse every application of a season that is filed on none. @param {string} text */
function isDay(text) {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/**
 * Reads the settings that README.md lists.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Settings}
 * @throws {SettingFaults}
 */
export function readSettings(environment) {
  /** @type {string[]} */
  const faults = [];
  /** @param {string} name @param {string} [otherwise] */
  const text = (name, otherwise) => {
    const given = environment[name] ?? otherwise;
    if (given === undefined || given === '') faults.push(`${name}: missing`);
    return given ?? '';
  };
  /** @param {string} name @param {string} [otherwise] */
  const url = (name, otherwise) => {
    const given = text(name, otherwise).replace(/\/+$/, '');
    if (given !== '' && !/^https?:\/\//.test(given)) faults.push(`${name}: not an http or https address`);
    return given;
  };
  const gatewayUrl = url('MIANZHENG_URL', 'http://127.0.0.1:4000');
  const port = Number(environment.PORT ?? '4140');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) faults.push('PORT: not a port number');
  const filedOn = environment.FILED_ON ?? null;
  if (filedOn !== null && !isDay(filedOn)) faults.push('FILED_ON: not a day YYYY-MM-DD');
  const clerkCode = text('CLERK_CODE');
  if (clerkCode !== '' && clerkCode.length < 12) faults.push('CLERK_CODE: shorter than 12 characters');
  const settings = {
    host: environment.HOST ?? '127.0.0.1',
    port,
    gatewayUrl,
    access: {
      tokenUrl: url('TOKEN_URL', `${gatewayUrl}/oidc/token`),
      clientId: text('CLIENT_ID', 'school-enrolment'),
      clientSecret: text('CLIENT_SECRET'),
    },
    matter: text('MATTER', 'school-enrolment-primary'),
    filedOn,
    file: resolve(environment.ENROLMENT_FILE ?? 'enrolment.sqlite'),
    clerkCode,
    secure: environment.HTTPS === 'true',
  };
  if (faults.length > 0) throw new SettingFaults(faults);
  return settings;
}
