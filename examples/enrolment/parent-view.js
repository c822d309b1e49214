/** What a parent's browser is told of an application: the verdict and why, never a fact. */

/**
 * @param {import('./applications.js').Application} application
 * @param {number} now ms since the epoch
 */
export function parentView({ number, progress, form, details }, now) {
  const nextInSeconds =
    'nextAt' in progress && progress.nextAt !== null ? Math.max(1, Math.ceil((progress.nextAt - now) / 1000)) : null;
  const common = { number, nextInSeconds, form, submitted: details !== null };
  switch (progress.state) {
    case 'WAITING':
      return { ...common, state: 'WAITING', waitingFor: progress.for };
    case 'UNCONFIRMED':
      return { ...common, state: 'UNCONFIRMED', faults: progress.faults };
    case 'BLOCKED':
      return { ...common, state: 'BLOCKED', code: progress.code };
    case 'JUDGED': {
      const { receipt: _given, ...verdict } = progress.verdict;
      // Once a tier is reached, what another tier would have asked is nobody's question any more.
      const reached = verdict.tier !== null && verdict.verdict === 'APPROVED';
      const requirements = verdict.requirements.filter(
        ({ effect, outcome }) => !(reached && effect === 'TIER' && outcome !== 'TRUE'),
      );
      const unknown = requirements.filter(({ outcome }) => outcome === 'UNKNOWN');
      const waitingFor = [...new Set(unknown.map(({ department }) => department))];
      return {
        ...common,
        state: verdict.verdict,
        waitingFor,
        verdict: { ...verdict, requirements },
        judgedAt: progress.at,
        record: progress.record,
      };
    }
  }
}
