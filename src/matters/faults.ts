/** Faults of matter files: where they are and what they are. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, Scalar } from 'yaml';

/** One fault of one file. */
export interface Fault {
  /** Name of the file inside the folder, or the folder itself where it cannot be read. */
  readonly file: string;
  /** Line, from 1; 0 where the fault has no place. */
  readonly line: number;
  /** What is wrong, one sentence. Quotes the file, never data of a case. */
  readonly message: string;
}

/** The matters cannot be loaded. Holds every fault of every file, in the files' and lines' order. */
export class MatterFaults extends Error {
  override readonly name = 'MatterFaults';

  /** @param faults at least one */
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map((fault) => `${fault.file}:${fault.line}: ${fault.message}`).join('\n'));
  }
}

/** Where a value stands in a file: keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** A matter's file: its value, and the place of each value, so that a fault can name its line. */
export class SourceFile {
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #faults: Fault[] = [];

  /** @param name its name inside the folder; @param text its YAML 1.2 */
  constructor(
    readonly name: string,
    text: string,
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of [...this.#document.errors, ...this.#document.warnings]) {
      this.#faults.push({ file: name, line: this.#lines.linePos(error.pos[0]).line, message: error.message });
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

  /**
   * Notes a fault.
   * @param path the value at fault; where it does not exist, the nearest one around it
   * @param message what is wrong
   * @param key the fault is this key of the map at `path`
   * @param lineInside the fault is in this line, from 1, of the block literal (`|`) at `path`
   */
  fault(path: Path, message: string, where: { readonly key?: string; readonly lineInside?: number } = {}): void {
    this.#faults.push({ file: this.name, line: this.#line(path, where), message });
  }

  #line(path: Path, where: { readonly key?: string; readonly lineInside?: number }): number {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (!isNode(node) || node.range == null) return path.length === 0 ? 1 : this.#line(path.slice(0, -1), {});
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && item.key.value === where.key)
      : undefined;
    const at = isScalar(pair?.key) ? (pair.key.range?.[0] ?? node.range[0]) : node.range[0];
    const line = this.#lines.linePos(at).line;
    return isScalar(node) && node.type === Scalar.BLOCK_LITERAL ? line + (where.lineInside ?? 0) : line;
  }
}
