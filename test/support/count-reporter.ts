/** Looks through what the suite logged, and prints the plain closing line that CI counts. */
import type { Reporter, TestModule } from 'vitest/node';
import { COLLECTED } from './collected.js';
import { checkLeaks } from './leak-check.js';

/** Whether nothing leaked; says so. A run with a leak is a run that failed. */
function isTight(): boolean {
  try {
    console.log(`\n${checkLeaks(process.env[COLLECTED] ?? '')} lines of logs, metrics and errors looked through`);
    return true;
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return false;
  }
}

/** Counts tests by their end state, and the search for leaks as one that fails where it finds one. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((s) => s === state).length;
    const skipped = count('skipped');
    const broken = modules.filter((module) => module.errors().length > 0).length + (isTight() ? 0 : 1);
    console.log(
      `\n${count('passed')} passed, ${count('failed') + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    );
  }
}
