import { Alert, Skeleton } from 'antd';
import { type GrantChangeInput, TryChange, type TryChangeQuery } from '../../api/generated.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { Failure } from '../../parts/failure.js';
import { DisclosureTag, FieldName } from '../../parts/tags.js';
import { dayOf, useNumber } from '../../parts/time.js';
import { useAsk } from '../../parts/use-ask.js';
import { useWords } from '../../words.js';
import { GRANTS } from './words.js';

type Effect = TryChangeQuery['dryRun']['losses'][number];

const DAYS = 30;

function Effects({ of, title }: { readonly of: readonly Effect[]; readonly title: string }) {
  const say = useWords(GRANTS);
  const number = useNumber();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  if (of.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="mz-lines mz-scrolls">
        {of.map(({ client, matter, coordinate, before, after, requests }) => (
          <li key={`${client} ${matter ?? ''} ${coordinate}`}>
            <span>
              <FieldName of={coordinate} inline />
              <br />
              <span className="mz-quiet">
                {clients.name(client)}
                {matter !== null && ` · ${matters.name(matter)}`} · {say('effectRequests', { count: number(requests) })}
              </span>
            </span>
            <span className="mz-nowrap">
              <DisclosureTag of={before} /> → <DisclosureTag of={after} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Replays what was asked lately against a change: who would lose or gain which field. */
export function DryRun({ change }: { readonly change: GrantChangeInput }) {
  const say = useWords(GRANTS);
  const number = useNumber();
  const answer = useAsk(TryChange, { change, days: DAYS });
  if (answer.error !== null) return <Failure error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) {
    return (
      <div role="status">
        <p className="mz-quiet">{say('dryRunWaits', { days: DAYS })}</p>
        <Skeleton active title={false} paragraph={{ rows: 3 }} />
      </div>
    );
  }
  const { from, requests, operations, quota, losses, gains } = answer.data.dryRun;
  const nobody = losses.length === 0 && gains.length === 0;
  return (
    <div className="mz-stack mz-dry-run" aria-live="polite">
      <Alert
        type={losses.length > 0 ? 'warning' : 'info'}
        showIcon
        title={nobody ? say('dryRunNobody') : say('dryRunSome', { losses: losses.length, gains: gains.length })}
        description={say('dryRunBasis', {
          from: dayOf(new Date(from)),
          requests: number(requests),
          operations: number(operations),
        })}
      />
      {quota !== null && (
        <Alert
          type={quota.daysBeyond > 0 ? 'warning' : 'info'}
          showIcon
          title={say('dryRunQuota', {
            quota: number(quota.subjectsPerDay),
            days: number(quota.daysBeyond),
            most: number(quota.mostSubjects),
          })}
        />
      )}
      <Effects of={losses} title={say('losses')} />
      <Effects of={gains} title={say('gains')} />
    </div>
  );
}
