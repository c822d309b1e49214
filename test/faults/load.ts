/** Clients that ask, one question after the other, and keep what they received for the oracle. */
import { type Answer, judge, verdictOf } from './oracle.js';
import { CASES, QUESTIONS, type Question, REGISTER } from './questions.js';

/** Longest a client waits for an answer, ms: an answer later than this is lost. */
const BOUND_MS = 12_000;

/** What clients received under one fault. */
export interface Seen {
  /** Requests sent. */
  asked: number;
  whole: number;
  partial: number;
  /** Whole requests refused, by code. */
  readonly refused: Map<string, number>;
  /** What was unknown, as `DEPARTMENT FAULT`, by number of answers. */
  readonly unknown: Map<string, number>;
  readonly wrongNo: string[];
  readonly wrongYes: string[];
  /** Connections that broke before the answer was whole. */
  broken: number;
  /** Requests with neither an answer nor an error within the bound. */
  late: number;
  /** Longest wait for an answer, ms. */
  slowest: number;
  /** Requests answered with data: identifier → place in the record. */
  readonly disclosed: Map<string, string>;
  /** Requests refused that said where the record has them. */
  readonly refusedAt: Map<string, string>;
  /** Cases whose registration was answered. */
  readonly registered: string[];
}

/** Nothing yet. */
export function nothingSeen(): Seen {
  return {
    asked: 0,
    whole: 0,
    partial: 0,
    refused: new Map(),
    unknown: new Map(),
    wrongNo: [],
    wrongYes: [],
    broken: 0,
    late: 0,
    slowest: 0,
    disclosed: new Map(),
    refusedAt: new Map(),
    registered: [],
  };
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** What a request came to: an answer, or why there is none. */
type Came = { readonly is: 'ANSWER'; readonly answer: Answer } | { readonly is: 'BROKEN' } | { readonly is: 'LATE' };

/** How often a question is asked in health until its answer is whole. */
const LEARNING_TRIES = 10;

function isTruth({ verdict }: Question, answer: Answer | null): boolean {
  if (answer?.data == null || answer.errors !== undefined) return false;
  return verdict === null || verdictOf(answer.data) === verdict;
}

/** Asks gateways in the name of the applications. */
export class Clients {
  /** `data` of the healthy city by question; filled by {@link learn}. */
  readonly #truth = new Map<string, Readonly<Record<string, unknown>>>();
  #cases = 0;
  #next = 0;

  constructor(private readonly tokens: ReadonlyMap<string, string>) {}

  /**
   * Asks every question of a healthy gateway and keeps the answers as the truth. On a busy machine a first fetch may be
   * late: what is unknown is asked again.
   * @throws Error where one is not whole, or a verdict is not its story's
   */
  async learn(url: string, seen: Seen): Promise<void> {
    for (const question of QUESTIONS) {
      let answer: Answer | null = null;
      for (let tries = 0; tries < LEARNING_TRIES && !isTruth(question, answer); tries += 1) {
        answer = await this.answerTo(url, question, seen);
      }
      if (answer?.data == null || !isTruth(question, answer)) {
        throw new Error(`${question.name}: no whole answer in health: ${JSON.stringify(answer)}`);
      }
      this.#truth.set(question.name, answer.data);
    }
  }

  /** Whether every question is answered whole now. What is received counts as seen. */
  async allWhole(url: string, seen: Seen): Promise<boolean> {
    const before = seen.whole;
    await Promise.all(QUESTIONS.map((question) => this.#ask(url, question, seen)));
    return seen.whole - before === QUESTIONS.length;
  }

  /**
   * `clients` closed loops ask until `until` resolves; one question in eight registers a new case.
   * @param urls the gateways, taken in turn
   */
  async ask(urls: () => readonly string[], clients: number, until: Promise<void>, seen: Seen): Promise<void> {
    let asking = true;
    const ended = until.then(() => {
      asking = false;
    });
    const loop = async (): Promise<void> => {
      while (asking) {
        const at = urls();
        const url = at[this.#next % at.length] ?? '';
        this.#next += 1;
        const before = seen.broken;
        if (this.#next % 8 === 0) await this.register(url, seen);
        else await this.#ask(url, QUESTIONS[this.#next % QUESTIONS.length] as Question, seen);
        // A client that finds nobody waits a little, as any would.
        if (seen.broken > before) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all([ended, ...Array.from({ length: clients }, loop)]);
  }

  /** Registers a new case; asked once more where no answer came, as the documentation says. */
  async register(url: string, seen: Seen): Promise<void> {
    this.#cases += 1;
    const made = CASES[this.#cases % CASES.length];
    if (made === undefined) return;
    const number = `FAULTS-${this.#cases}`;
    await this.registerCase(url, { ...made, number }, seen);
  }

  /** Registers this case. */
  async registerCase(
    url: string,
    made: { readonly client: string; readonly matter: string; readonly number: string; readonly subjects: unknown },
    seen: Seen,
  ): Promise<void> {
    const { client, matter, number, subjects } = made;
    const purpose = { client, matter, caseNumber: null };
    for (let tries = 0; tries < 2; tries += 1) {
      const input = { number, matter, filedOn: '2026-07-01', subjects };
      const came = await this.#timed(seen, () => this.#send(url, purpose, REGISTER, { input }));
      if (came === null) continue;
      this.#keep(came, seen);
      if (came.data != null) {
        seen.whole += 1;
        seen.registered.push(`${client} ${number}`);
        return;
      }
      count(seen.refused, came.errors?.[0]?.extensions.code ?? 'NO_CODE');
    }
  }

  /** The answer to a question, not judged; null where none came. */
  async answerTo(url: string, question: Question, seen: Seen): Promise<Answer | null> {
    const answer = await this.#timed(seen, () => this.#send(url, question, question.query, question.variables));
    if (answer !== null) this.#keep(answer, seen);
    return answer;
  }

  async #ask(url: string, question: Question, seen: Seen): Promise<void> {
    const answer = await this.answerTo(url, question, seen);
    if (answer === null) return;
    const truth = this.#truth.get(question.name);
    if (truth === undefined) throw new TypeError(`${question.name}: the truth was not learned`);
    const judgement = judge(question, answer, truth);
    switch (judgement.is) {
      case 'WHOLE':
        seen.whole += 1;
        break;
      case 'PARTIAL':
        seen.partial += 1;
        for (const what of judgement.unknown) count(seen.unknown, what);
        break;
      case 'REFUSED':
        count(seen.refused, judgement.code);
        break;
      case 'WRONG_NO':
        seen.wrongNo.push(`${question.name}: ${judgement.what}`);
        break;
      case 'WRONG_YES':
        seen.wrongYes.push(`${question.name}: ${judgement.what}`);
        break;
    }
  }

  /** Counts the request, and what kept it from an answer; null where none came. */
  async #timed(seen: Seen, send: () => Promise<Came>): Promise<Answer | null> {
    seen.asked += 1;
    const from = performance.now();
    const came = await send();
    seen.slowest = Math.max(seen.slowest, performance.now() - from);
    if (came.is === 'ANSWER') return came.answer;
    if (came.is === 'BROKEN') seen.broken += 1;
    else seen.late += 1;
    return null;
  }

  #keep({ data, extensions }: Answer, seen: Seen): void {
    const { requestId, record } = extensions?.mianzheng ?? {};
    if (requestId === undefined) return;
    if (data !== undefined && data !== null) seen.disclosed.set(requestId, record ?? 'none');
    else if (record !== undefined) seen.refusedAt.set(requestId, record);
  }

  async #send(
    url: string,
    purpose: { readonly client: string; readonly matter: string; readonly caseNumber: string | null },
    query: string,
    variables: unknown,
  ): Promise<Came> {
    const { client, matter, caseNumber } = purpose;
    const signal = AbortSignal.timeout(BOUND_MS);
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.tokens.get(client) ?? ''}`,
          'content-type': 'application/json',
          'mianzheng-matter': matter,
          ...(caseNumber === null ? {} : { 'mianzheng-case': caseNumber }),
        },
        body: JSON.stringify({ query, variables }),
        signal,
      });
      const body = (await response.json()) as Omit<Answer, 'status' | 'retryAfter'>;
      const { status, headers } = response;
      return { is: 'ANSWER', answer: { ...body, status, retryAfter: headers.get('retry-after') } };
    } catch {
      // Which of the two is all that matters: the answer was not received.
      return { is: signal.aborted ? 'LATE' : 'BROKEN' };
    }
  }
}
