/** Faults of matter files: where they are and what they are. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, Scalar } from 'yaml';
import type { z } from 'zod';

/** One fault of one file. */
export interface Fault {
  /** Name of the file inside the folder, or the folder itself where it cannot be read. */
  readonly file: string;
  /** Line, from 1; 0 where the fault has no place. */
  readonly line: number;
  /** Column, from 1; 0 where the fault has no place. */
  readonly column: number;
  /** What is wrong, one sentence. Quotes the file, never data of a case. */
  readonly message: string;
}

/** A fault as one line, `file:line:column: message`, which editors turn into a link. */
export function faultLine({ file, line, column, message }: Fault): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** The matters cannot be loaded. Holds every fault of every file, in the files' and lines' order. */
export class MatterFaults extends Error {
  override readonly name = 'MatterFaults';

  /** @param faults at least one */
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(faultLine).join('\n'));
  }
}

/** Where a value stands in a file: keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** What about the value is at fault. */
export interface Within {
  /** This key of the map at the path. */
  readonly key?: string;
  /** This line, from 1, of the block literal (`|`) at the path. */
  readonly lineInside?: number;
}

/** Takes faults of a matter; knows which file each of its values comes from. */
export interface FaultSink {
  /**
   * Notes a fault.
   * @param path the value at fault; where it does not exist, the nearest one around it
   * @param message what is wrong
   */
  fault(path: Path, message: string, where?: Within): void;
}

/** Notes what zod found wrong with a value. */
export function noteIssues(sink: FaultSink, issues: readonly z.core.$ZodIssue[]): void {
  for (const issue of issues) {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) sink.fault(path, `unknown key ${[...path, key].join('.')}`, { key });
    } else sink.fault(path, `${path.join('.') || 'the file'}: ${issue.message}`);
  }
}

/** A matter's file: its value, and the place of each value, so that a fault can name its line. */
export class SourceFile implements FaultSink {
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #faults: Fault[] = [];

  /** @param name its name inside the folder; @param text its YAML 1.2, merge keys (`<<`) included */
  constructor(
    readonly name: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    for (const error of [...this.#document.errors, ...this.#document.warnings]) {
      this.#note(error.pos[0], error.message);
    }
  }

  /** Faults found so far, by line. */
  get faults(): readonly Fault[] {
    return [...this.#faults].sort((a, b) => a.line - b.line);
  }

  /** The plain value; undefined where the file is not YAML. */
  value(): unknown {
    return this.#document.errors.length > 0 ? undefined : this.#document.toJS();
  }

  /** Line of a value, from 1; of one that does not exist, that of the nearest around it. */
  lineOf(path: Path): number {
    return this.#place(path, {}).line;
  }

  fault(path: Path, message: string, where: Within = {}): void {
    const { line, col } = this.#place(path, where);
    this.#faults.push({ file: this.name, line, column: col, message });
  }

  #note(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#faults.push({ file: this.name, line, column: col, message });
  }

  #place(path: Path, where: Within): { readonly line: number; readonly col: number } {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (!isNode(node) || node.range == null) {
      return path.length === 0 ? { line: 1, col: 1 } : this.#place(path.slice(0, -1), {});
    }
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === where.key)
      : undefined;
    const at = this.#lines.linePos(isScalar(pair?.key) ? (pair.key.range?.[0] ?? node.range[0]) : node.range[0]);
    const inside = where.lineInside ?? 0;
    return isScalar(node) && node.type === Scalar.BLOCK_LITERAL && inside > 0 ? { line: at.line + inside, col: 1 } : at;
  }
}
