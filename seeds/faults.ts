/** Faults of a data file, all of them at once. */

/** A file of the seeds is not what it must be. The message lists every fault, one a line. */
export class SeedFileError extends Error {
  override readonly name = 'SeedFileError';

  /** @param file its name; @param faults `where: what`, at least one */
  constructor(
    readonly file: string,
    readonly faults: readonly string[],
  ) {
    super(`seeds/${file}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}
