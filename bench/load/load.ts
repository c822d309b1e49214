/** The load generator as the benchmark sees it: a child process. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { compiled } from '../build.js';
import type { Observed, Order, Plan, Report, Target } from './plan.js';

/** Told at the begin and the end of the measured time. */
export interface Watcher {
  begin(): void;
  end(): void;
}

/** The load generator. */
export interface Load {
  /** Gives it a server and its requests. */
  aim(name: string, target: Target): Promise<void>;
  /** Runs a plan against a server; one at a time. */
  run(name: string, plan: Plan, watcher?: Watcher): Promise<Observed>;
  close(): Promise<void>;
}

/** Starts the generator. */
export function openLoad(): Load {
  const child = fork(compiled('bench/load/generator.ts'), [], { serialization: 'advanced', execArgv: [] });
  return {
    async aim(name, target) {
      await exchange(child, { kind: 'TARGET', name, target }, (report) => (report.kind === 'READY' ? true : null));
    },
    run: (name, plan, watcher) =>
      exchange(child, { kind: 'RUN', name, plan }, (report) => {
        if (report.kind === 'MEASURING') watcher?.begin();
        if (report.kind === 'MEASURED') watcher?.end();
        return report.kind === 'DONE' ? report.observed : null;
      }),
    async close() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** Sends an order and reads reports until one settles it. */
function exchange<T>(child: ChildProcess, order: Order, settle: (report: Report) => T | null): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
    const read = (report: Report) => {
      const settled = settle(report);
      if (settled === null) return;
      child.off('message', read);
      child.off('exit', ended);
      resolve(settled);
    };
    child.on('message', read);
    child.once('exit', ended);
    child.send(order);
  });
}
