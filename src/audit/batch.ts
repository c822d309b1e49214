import type { CoordinateSets } from './coordinate-sets.js';
import type { Head, NewEntry, Position, RecordEntry, SegmentOpening, StoredRequest } from './entries.js';
import { RecordError } from './errors.js';
import { type HashName, MAX_LINE_BYTES, writeLine } from './line.js';

/** All of a type's members, those that may be missing as undefined, so that none is forgotten where one is written. */
type Members<T> = { readonly [K in keyof Required<T>]: T[K] | undefined };

type Unnumbered<E> = E extends unknown ? Omit<E, 'seq'> : never;

/** JSON of lists seen before. */
const asciiTexts = new WeakMap<readonly string[], string>();

/** The lines of one write, chained to each other and to the durable head. */
export class Batch {
  readonly #lines: string[] = [];
  #head: Head;

  /**
   * @param head last durable entry
   * @param place of the chain; `segment` is the one written to
   */
  constructor(
    head: Head,
    private readonly place: { readonly chain: string; readonly segment: number; readonly hash: HashName },
    private readonly sets: CoordinateSets,
  ) {
    this.#head = head;
  }

  /** Last entry, once the batch is durable. */
  get head(): Head {
    return this.#head;
  }

  /** The lines as bytes. */
  get bytes(): Buffer {
    return Buffer.from(this.#lines.join(''));
  }

  /** Opens the segment, or with its first entry the chain. @param time ISO 8601 instant */
  open(time: string): void {
    const opening: SegmentOpening = { ...this.place, time };
    if (this.#head.seq === 0) this.#add({ kind: 'chain', version: 1, ...opening });
    else this.#add({ kind: 'segment', ...opening });
  }

  /** States that bytes were cut off. @param time ISO 8601 instant */
  recovered(time: string, cut: number): void {
    this.#add({ kind: 'recovered', time, cut });
  }

  /**
   * Adds an entry, after the sets of coordinates it is the first to use. Only documented fields are taken.
   * @throws RecordError UNFIT for an entry that is no JSON or longer than {@link MAX_LINE_BYTES}
   */
  append(entry: NewEntry): Position {
    const { chain, segment } = this.place;
    const { seq, hash } = this.#entry(entry);
    return { chain, segment, seq, hash };
  }

  #entry(entry: NewEntry): Head {
    switch (entry.kind) {
      case 'request':
        return this.#request(entry);
      case 'administration':
        return this.#administration(entry);
      case 'control':
        return this.#control(entry);
      case 'alarm':
        return this.#alarm(entry);
    }
  }

  #alarm(entry: Extract<NewEntry, { kind: 'alarm' }>): Head {
    const { kind, time, id, alarm, client, held, from, to, counts } = entry;
    return this.#add({ kind, time, id, alarm, client, held, from, to, counts });
  }

  #control(entry: Extract<NewEntry, { kind: 'control' }>): Head {
    const { kind, time, requestId, actor, roles, by, operation, fields, subjects, outcome, code, status } = entry;
    const changes = entry.changes.map(({ action, subject, before, after }) => ({ action, subject, before, after }));
    return this.#add({
      kind,
      time,
      requestId,
      actor,
      roles,
      by,
      operation,
      fields,
      subjects,
      changes,
      outcome,
      code,
      status,
    });
  }

  #administration(entry: Extract<NewEntry, { kind: 'administration' }>): Head {
    const { kind, time, actor, action, subject, before, after } = entry;
    return this.#add({ kind, time, actor, action, subject, before, after });
  }

  #request(entry: Extract<NewEntry, { kind: 'request' }>): Head {
    const id = (coordinates: readonly string[]) =>
      this.sets.idOf(coordinates, (set) => this.#add({ kind: 'coordinates', coordinates: set }).seq);
    const stored: Members<Omit<StoredRequest, 'legalBases'>> = {
      time: entry.time,
      requestId: entry.requestId,
      client: entry.client,
      operator: entry.operator,
      matter: entry.matter,
      caseNumber: entry.caseNumber,
      subjects: entry.subjects,
      about: entry.about?.map(id),
      ages: entry.ages,
      plan: entry.plan,
      policyVersion: entry.policyVersion,
      disclosed: id(entry.disclosed),
      masked: id(entry.masked),
      used: id(entry.used),
      withheld: id(entry.withheld),
      sources: entry.sources.map(({ department, fetchedAt, state, peers }) => ({
        department,
        fetchedAt,
        state,
        ...(peers && {
          peers: peers.map(({ peer, state, caseNumber, record }) => ({ peer, state, caseNumber, record })),
        }),
      })),
      verdict: entry.verdict,
      receipt: entry.receipt,
      claims: entry.claims?.map(({ coordinate, outcome }) => ({ coordinate, outcome })),
      outcome: entry.outcome,
      code: entry.code,
      status: entry.status,
    };
    const rest = JSON.stringify(stored);
    return this.#write('request', `"legalBases":${this.#asciiJson(entry.legalBases)},${rest.slice(1)}`);
  }

  /**
   * JSON of a list with everything beyond ASCII escaped. A line of one byte per character is hashed and written in half
   * the time, and legal bases are all that keeps it from being one; they stay the same from request to request.
   */
  #asciiJson(list: readonly string[]): string {
    let json = asciiTexts.get(list);
    if (json === undefined) {
      const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
      json = JSON.stringify(list).replace(/[\u0080-\uffff]/g, escaped);
      asciiTexts.set(list, json);
    }
    return json;
  }

  #add({ kind, ...members }: Unnumbered<RecordEntry>): Head {
    return this.#write(kind, JSON.stringify(members).slice(1));
  }

  /** @param members JSON text behind the kind, up to the closing brace */
  #write(kind: RecordEntry['kind'], members: string): Head {
    const seq = this.#head.seq + 1;
    const { hash, line } = writeLine(this.place.hash, this.#head.hash, `{"seq":${seq},"kind":"${kind}",${members}`);
    // UTF-16 units are at most three bytes each: only long lines are measured.
    if (line.length > MAX_LINE_BYTES / 3 && Buffer.byteLength(line) > MAX_LINE_BYTES) {
      throw new RecordError('UNFIT', `an entry is longer than ${MAX_LINE_BYTES} bytes`);
    }
    this.#lines.push(line, '\n');
    this.#head = { seq, hash };
    return this.#head;
  }
}
