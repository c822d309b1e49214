import { Button, DatePicker, Form, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { CopyGrant, type GrantOneQuery, ResumeGrant, RevokeGrant, SuspendGrant } from '../../api/generated.js';
import { useClientOptions, useMatterOptions } from '../../parts/choices.js';
import { ReasonDialog } from '../../parts/confirm.js';
import { useSession } from '../../parts/session.js';
import { FieldName } from '../../parts/tags.js';
import { useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { DryRun } from './dry-run.js';
import { GRANTS } from './words.js';

/** A grant, as these pages show it. */
export type ShownGrant = NonNullable<GrantOneQuery['grant']>;

type Asking = 'suspend' | 'resume' | 'revoke' | 'copy' | 'extend';

function CopyDialog(props: {
  readonly of: ShownGrant;
  readonly kind: 'copy' | 'extend' | null;
  readonly onClose: () => void;
}) {
  const { of, kind, onClose } = props;
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const copy = useChange(CopyGrant);
  const go = useNavigate();
  const [client, setClient] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [validTo, setValidTo] = useState<string | null>(null);
  return (
    <ReasonDialog
      title={kind === 'extend' ? say('extend') : say('copy')}
      open={kind !== null}
      confirm={say('copyGo')}
      least={1}
      label={common('purpose')}
      onClose={onClose}
      onConfirm={async (purpose) => {
        const { copyGrant } = await copy.mutateAsync({
          id: of.id,
          client,
          matters: chosen.length === 0 ? null : chosen,
          validTo: validTo ?? (kind === 'extend' ? dayjs(of.validTo).add(1, 'year').format('YYYY-MM-DD') : null),
          purpose,
        });
        await go(`/applications/${copyGrant.id}`);
      }}
    >
      <p>{kind === 'extend' ? say('extendAbout') : say('copyAbout')}</p>
      <Form layout="vertical" component="div">
        {kind === 'copy' && (
          <>
            <Form.Item label={common('client')}>
              <Select
                aria-label={common('client')}
                allowClear
                placeholder={say('same')}
                options={[...clients.options]}
                value={client}
                onChange={(value: string | undefined) => setClient(value ?? null)}
              />
            </Form.Item>
            <Form.Item label={common('matter')}>
              <Select
                aria-label={common('matter')}
                mode="multiple"
                allowClear
                placeholder={say('same')}
                options={[...matters.options]}
                value={[...chosen]}
                onChange={(value: string[]) => setChosen(value)}
              />
            </Form.Item>
          </>
        )}
        <Form.Item label={common('validTo')}>
          <DatePicker
            aria-label={common('validTo')}
            className="mz-full-width"
            placeholder={kind === 'extend' ? dayjs(of.validTo).add(1, 'year').format('YYYY-MM-DD') : say('same')}
            onChange={(day) => setValidTo(day?.format('YYYY-MM-DD') ?? null)}
          />
        </Form.Item>
      </Form>
    </ReasonDialog>
  );
}

/** What can be done with a grant; before it is confirmed, who would lose or gain what. */
export function GrantActions({ of }: { readonly of: ShownGrant }) {
  const say = useWords(GRANTS);
  const language = useLanguage();
  const { may } = useSession();
  const [asking, setAsking] = useState<Asking | null>(null);
  const suspend = useChange(SuspendGrant);
  const resume = useChange(ResumeGrant);
  const revoke = useChange(RevokeGrant);
  const close = (): void => setAsking(null);
  const can = (mutation: string): boolean => of.actions.includes(mutation) && may(`Mutation.${mutation}`);
  const draft = {
    id: of.id,
    client: of.client,
    department: of.department,
    matters: of.matters,
    items: of.coordinates,
    regions: of.regions,
    subjects: of.subjects,
    maxHops: of.maxHops,
    subjectsPerDay: of.subjectsPerDay,
  };
  const client = language === 'zh' ? of.clientNameZh : of.client;
  return (
    <>
      {can('copyGrant') && (
        <>
          <Button onClick={() => setAsking('copy')}>{say('copy')}</Button>
          <Button onClick={() => setAsking('extend')}>{say('extend')}</Button>
        </>
      )}
      {can('narrowGrant') && (
        <Link to={`/grants/${of.id}/edit`}>
          <Button>{say('edit')}</Button>
        </Link>
      )}
      {can('resumeGrant') && <Button onClick={() => setAsking('resume')}>{say('resume')}</Button>}
      {can('suspendGrant') && <Button onClick={() => setAsking('suspend')}>{say('suspend')}</Button>}
      {can('revokeGrant') && (
        <Button danger onClick={() => setAsking('revoke')}>
          {say('revoke')}
        </Button>
      )}
      <CopyDialog of={of} kind={asking === 'copy' || asking === 'extend' ? asking : null} onClose={close} />
      <ReasonDialog
        title={`${say('suspend')} · ${client}`}
        open={asking === 'suspend'}
        danger
        confirm={say('suspend')}
        onClose={close}
        onConfirm={(reason) => suspend.mutateAsync({ id: of.id, reason })}
      >
        <p>{say('suspendAbout')}</p>
        <DryRun change={{ end: of.id, draft: null }} />
      </ReasonDialog>
      <ReasonDialog
        title={`${say('revoke')} · ${client}`}
        open={asking === 'revoke'}
        danger
        confirm={say('revoke')}
        onClose={close}
        onConfirm={(reason) => revoke.mutateAsync({ id: of.id, reason })}
      >
        <p>{say('revokeAbout')}</p>
        <DryRun change={{ end: of.id, draft: null }} />
      </ReasonDialog>
      <ReasonDialog
        title={`${say('resume')} · ${client}`}
        open={asking === 'resume'}
        confirm={say('resume')}
        onClose={close}
        onConfirm={(reason) => resume.mutateAsync({ id: of.id, reason })}
      >
        <p>{say('resumeAbout')}</p>
        <div className="mz-codes">
          {of.coordinates.slice(0, 12).map(({ coordinate }) => (
            <FieldName key={coordinate} of={coordinate} inline />
          ))}
        </div>
        <DryRun change={{ end: null, draft }} />
      </ReasonDialog>
    </>
  );
}
