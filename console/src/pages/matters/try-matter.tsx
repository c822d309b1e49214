import { Alert, Button, DatePicker, Form, Input, Table } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { ask } from '../../api/ask.js';
import { TryMatter, type TryMatterQuery } from '../../api/generated.js';
import { Failure } from '../../parts/failure.js';
import { Section } from '../../parts/page.js';
import { DepartmentName, Status } from '../../parts/tags.js';
import { EFFECTS, TRUTHS, term, VERDICTS } from '../../parts/terms.js';
import { dayOf } from '../../parts/time.js';
import { useLanguage, useWords } from '../../words.js';
import { blankFacts } from './blank-facts.js';
import type { ShownMatter } from './one.js';
import { MATTERS } from './words.js';

type Verdict = TryMatterQuery['tryMatter'];

interface Entered {
  readonly filedOn: Dayjs;
  readonly asOf: Dayjs | null;
  readonly division: string;
  readonly subjects: string;
  readonly facts: string;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function Outcome({ of }: { readonly of: Verdict }) {
  const say = useWords(MATTERS);
  const language = useLanguage();
  const tone = of.verdict === 'APPROVED' ? 'success' : of.verdict === 'NOT_MET' ? 'error' : 'warning';
  const reasons = language === 'zh' ? of.reasonsZh : of.reasonsEn;
  return (
    <div className="mz-stack" aria-live="polite">
      <Alert
        type={tone}
        showIcon
        title={`${term(VERDICTS, of.verdict, language)}${of.tier === null ? '' : ` · ${language === 'zh' ? of.tierZh : of.tier}`}`}
        description={
          <>
            {reasons.map((reason) => (
              <div key={reason}>{reason}</div>
            ))}
            <span className="mz-quiet">{say('usedRules', { rules: of.ruleSet, day: of.asOf })}</span>
          </>
        }
      />
      <Table
        aria-label={say('verdict')}
        size="small"
        dataSource={[...of.requirements]}
        rowKey="id"
        pagination={false}
        columns={[
          {
            title: say('requirements'),
            key: 'name',
            render: (_, { nameZh, nameEn }) => (language === 'zh' ? nameZh : nameEn),
          },
          {
            title: say('outcome'),
            key: 'outcome',
            render: (_, { outcome }) => (
              <Status tone={outcome === 'TRUE' ? 'good' : outcome === 'FALSE' ? 'bad' : 'wait'}>
                {term(TRUTHS, outcome, language)}
              </Status>
            ),
          },
          { title: say('effect'), key: 'effect', render: (_, { effect }) => term(EFFECTS, effect, language) },
          { title: say('from'), key: 'department', render: (_, { department }) => <DepartmentName of={department} /> },
          {
            title: say('reason'),
            key: 'reason',
            render: (_, one) => (
              <span className="mz-reasons">
                <span>{language === 'zh' ? one.reasonZh : one.reasonEn}</span>
                {one.element !== null && <span className="mz-code mz-quiet">{one.element}</span>}
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

/** Judges a made-up case by the matter's rules. */
export function TryMatterForm({ of }: { readonly of: ShownMatter }) {
  const say = useWords(MATTERS);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const json = {
    validator: (_: unknown, value: string) =>
      isJson(value) ? Promise.resolve() : Promise.reject(new Error(say('badJson'))),
  };

  async function judge(entered: Entered): Promise<void> {
    setBusy(true);
    setFailed(null);
    try {
      const input = {
        filedOn: entered.filedOn.format('YYYY-MM-DD'),
        asOf: entered.asOf?.format('YYYY-MM-DD') ?? null,
        division: entered.division.trim() === '' ? null : entered.division.trim(),
        subjects: JSON.parse(entered.subjects) as unknown,
        facts: JSON.parse(entered.facts) as unknown,
      };
      setVerdict((await ask(TryMatter, { code: of.code, input })).tryMatter);
    } catch (error) {
      setVerdict(null);
      setFailed(error);
    } finally {
      setBusy(false);
    }
  }

  const subjects = Object.fromEntries(of.roles.map(({ role }) => [role, '']));
  return (
    <div className="mz-two mz-even">
      <Section title={say('tryIt')}>
        <p className="mz-quiet">{say('tryAbout')}</p>
        <Form<Entered>
          layout="vertical"
          initialValues={{
            filedOn: dayjs(dayOf(new Date())),
            asOf: null,
            division: of.ruleSets[0]?.divisions[0] ?? '',
            subjects: JSON.stringify(subjects, null, 2),
            facts: JSON.stringify(blankFacts(of.facts), null, 2),
          }}
          onFinish={(entered) => void judge(entered)}
        >
          <div className="mz-pair">
            <Form.Item name="filedOn" label={say('filedOn')} rules={[{ required: true }]}>
              <DatePicker allowClear={false} className="mz-full-width" />
            </Form.Item>
            <Form.Item name="asOf" label={say('asOf')}>
              <DatePicker className="mz-full-width" />
            </Form.Item>
          </div>
          <Form.Item name="division" label={say('division')}>
            <Input maxLength={12} />
          </Form.Item>
          <Form.Item name="subjects" label={say('subjects')} rules={[json]}>
            <Input.TextArea className="mz-code-area" rows={4} spellCheck={false} />
          </Form.Item>
          <Form.Item name="facts" label={say('factsJson')} rules={[json]}>
            <Input.TextArea className="mz-code-area" rows={18} spellCheck={false} maxLength={65_536} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {say('tryGo')}
          </Button>
        </Form>
      </Section>
      <Section title={say('verdict')}>
        {failed !== null && <Failure error={failed} />}
        {verdict === null ? failed === null && <div className="mz-list-waits" /> : <Outcome of={verdict} />}
      </Section>
    </div>
  );
}
