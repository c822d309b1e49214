/** The faults: what is broken, what a client must see meanwhile, and nothing else. */
import type { SimulatorKnobs } from '../../connectors/vaccination/simulator.js';
import type { ErrorCode, SourceFault } from '../../src/errors.js';
import type { ProxyMode } from './proxy.js';
import type { Stage } from './stage.js';
import { codeOf, DEPARTMENTS, type Department } from './town.js';

/** What clients may see under a fault; anything else is a failure of the gateway. */
export interface Expectation {
  /** In words, for the table. */
  readonly text: string;
  /** The department whose facts may be unknown, and why. */
  readonly unknown: readonly { readonly department: string; readonly faults: readonly SourceFault[] }[];
  /** Codes of whole requests refused. */
  readonly codes: readonly ErrorCode[];
  /** Whether at least one of these must be seen: a fault that nobody notices was not tried. */
  readonly noticed: boolean;
  /** Whether connections may break: only where a gateway is killed. */
  readonly broken: boolean;
}

/** One fault. */
export interface Fault {
  readonly name: string;
  readonly expects: Expectation;
  /** How long clients ask meanwhile, ms. */
  readonly lasts: number;
  /** Breaks it. */
  begin(stage: Stage): Promise<void>;
  /** What happens while clients ask, such as a kill; awaited before it is made whole. */
  meanwhile?(stage: Stage): Promise<void>;
  /** Makes it whole. */
  end(stage: Stage): Promise<void>;
  /** What else must hold when it is over, asked before the next one; in words what does not. */
  check?(stage: Stage): Promise<readonly string[]>;
  /** Why it cannot be tried here; null where it can. */
  impossible?(stage: Stage): string | null;
}

/** How long clients ask while a fault lasts, ms. */
export const LASTS_MS = 1500;

/** Nothing may be noticed. */
export const UNNOTICED: Expectation = {
  text: 'every answer whole',
  unknown: [],
  codes: [],
  noticed: false,
  broken: false,
};

/** The facts of one department are unknown, and everybody else's are there. */
export function unknown(department: Department, faults: readonly SourceFault[]): Expectation {
  const code = codeOf(department);
  const text = `${code} unknown (${faults.join(', ')}), the others whole`;
  // A breaker that has opened says OVERLOADED, whatever opened it.
  return { ...UNNOTICED, text, unknown: [{ department: code, faults: [...faults, 'OVERLOADED'] }], noticed: true };
}

interface NetworkFault {
  readonly name: string;
  readonly mode: ProxyMode;
  readonly faults: readonly SourceFault[] | null;
}

const NETWORK: readonly NetworkFault[] = [
  { name: 'slow', mode: { is: 'SLOW', ms: 30 }, faults: null },
  { name: 'slower than its time', mode: { is: 'SLOW', ms: 900 }, faults: ['TIMEOUT'] },
  { name: 'hanging', mode: { is: 'HANG' }, faults: ['TIMEOUT'] },
  { name: 'refusing', mode: { is: 'REFUSE' }, faults: ['UNREACHABLE'] },
  { name: 'resetting', mode: { is: 'RESET' }, faults: ['UNREACHABLE'] },
  { name: 'resetting mid-row', mode: { is: 'RESET_AFTER', bytes: 700 }, faults: ['UNREACHABLE'] },
  { name: 'returning garbage', mode: { is: 'GARBAGE' }, faults: ['TIMEOUT', 'UNREACHABLE', 'GARBLED'] },
];

/** Each department behind each fault of the network. */
export const NETWORK_FAULTS: readonly Fault[] = DEPARTMENTS.flatMap((department) =>
  NETWORK.map(({ name, mode, faults }) => ({
    name: `${department} ${name}`,
    expects: faults === null ? UNNOTICED : unknown(department, faults),
    lasts: LASTS_MS,
    begin: ({ town }) => town.departments[department].set(mode),
    end: ({ town }) => town.departments[department].set({ is: 'PASS' }),
  })),
);

/** A fault of the vaccination API itself, behind a sound network. */
function ofApi(name: string, faults: readonly SourceFault[], knobs: Partial<SimulatorKnobs>): Fault {
  return {
    name: `vaccination API ${name}`,
    expects: unknown('vaccination', faults),
    lasts: LASTS_MS,
    begin: async ({ town }) => {
      Object.assign(town.simulator.knobs, knobs);
    },
    end: async ({ town }) => {
      Object.assign(town.simulator.knobs, { fault: 'NONE', ratePerSecond: null });
    },
  };
}

/** What an HTTP API can answer. */
export const API_FAULTS: readonly Fault[] = [
  ofApi('says 500', ['UNREACHABLE'], { fault: 'ERROR_500' }),
  ofApi('says 429', ['OVERLOADED'], { ratePerSecond: 0 }),
  ofApi('says HTML', ['GARBLED'], { fault: 'GARBAGE' }),
  ofApi('ends within its JSON', ['GARBLED'], { fault: 'TRUNCATED' }),
  ofApi('sends 8 MiB', ['GARBLED', 'TIMEOUT'], { fault: 'HUGE' }),
  ofApi('sends other types', ['GARBLED'], { fault: 'WRONG_TYPES' }),
  ofApi('promises rows it does not send', ['GARBLED'], { fault: 'WRONG_TOTALS' }),
  ofApi('sends a page without the rows it counts', ['GARBLED'], { fault: 'NO_ROWS' }),
];
