import { Button, Collapse, DatePicker, Input, InputNumber, Modal, Radio, Select, Table } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { DecideApplication, type Disclosure, type DraftGrantInput, type SubjectScope } from '../../api/generated.js';
import { disclosuresOf, isNarrower } from '../../parts/disclosures.js';
import { Failure } from '../../parts/failure.js';
import { Section } from '../../parts/page.js';
import { useNames } from '../../parts/session.js';
import { DisclosureTag, FieldName, SensitivityTag } from '../../parts/tags.js';
import { DISCLOSURES, SCOPES, term } from '../../parts/terms.js';
import { useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { DryRun } from '../grants/dry-run.js';
import type { Shown } from './one.js';
import { APPLICATIONS } from './words.js';

/** What the owner says on one field: how it is granted, null where refused, and why where that is less than asked for. */
interface Choice {
  readonly granted: Disclosure | null;
  readonly reason: string;
}

/** Shortest reason that the control plane takes, characters. */
const REASON_LEAST = 5;

/** From the narrowest to the widest. */
const SCOPE_ORDER = ['CASE_SUBJECTS', 'RELATED', 'ANY'] as const satisfies readonly SubjectScope[];

/** The owner's decision on own fields: wholly, partly or not at all, seen with its effect before it is given. */
export function Decision({ of, department }: { readonly of: Shown; readonly department: string }) {
  const say = useWords(APPLICATIONS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const names = useNames();
  const decide = useChange(DecideApplication);
  const items = of.items.filter((item) => item.department === department && item.decision === 'PENDING');
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(
    () => new Map(items.map(({ coordinate, disclosure }) => [coordinate, { granted: disclosure, reason: '' }])),
  );
  const [validTo, setValidTo] = useState<string | null>(null);
  const [subjects, setSubjects] = useState<SubjectScope | null>(null);
  const [quota, setQuota] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const widest = SCOPE_ORDER.indexOf(of.subjects);
  const scopes = SCOPE_ORDER.slice(0, widest + 1).map((value) => ({ value, label: term(SCOPES, value, language) }));

  const choiceOf = (coordinate: string): Choice => choices.get(coordinate) ?? { granted: null, reason: '' };
  const change = (coordinate: string, part: Partial<Choice>): void =>
    setChoices((old) => new Map(old).set(coordinate, { ...choiceOf(coordinate), ...part }));
  const lessThanAsked = items.filter((item) => isNarrower(choiceOf(item.coordinate).granted, item.disclosure));
  const unexplained = lessThanAsked.filter(
    ({ coordinate }) => choiceOf(coordinate).reason.trim().length < REASON_LEAST,
  ).length;
  const approved = items.filter(({ coordinate }) => choiceOf(coordinate).granted !== null);
  const refused = items.length - approved.length;

  const draft: DraftGrantInput = {
    id: null,
    client: of.client,
    department,
    matters: of.matters,
    items: approved.flatMap(({ coordinate }) => {
      const { granted } = choiceOf(coordinate);
      return granted === null ? [] : [{ coordinate, disclosure: granted }];
    }),
    regions: of.regions,
    subjects: subjects ?? of.subjects,
    maxHops: subjects === 'CASE_SUBJECTS' ? 0 : of.maxHops,
    subjectsPerDay: quota ?? of.subjectsPerDay,
  };

  function confirm(): void {
    const decisions = items.map(({ coordinate, disclosure }) => {
      const { granted, reason } = choiceOf(coordinate);
      return { coordinate, granted, reason: isNarrower(granted, disclosure) ? reason.trim() : null };
    });
    const bounds = {
      ...(validTo === null ? {} : { validTo }),
      ...(quota === null ? {} : { subjectsPerDay: quota }),
      ...(subjects === null ? {} : { subjects, ...(subjects === 'CASE_SUBJECTS' ? { maxHops: 0 } : {}) }),
    };
    decide.mutate(
      { id: of.id, department, decisions, bounds: Object.keys(bounds).length === 0 ? null : bounds },
      { onSuccess: () => setOpen(false) },
    );
  }

  return (
    <Section
      title={say('decideFor', { department: names.department(department) })}
      flush
      extra={
        <span className="mz-buttons">
          <Button
            onClick={() =>
              setChoices(new Map(items.map((item) => [item.coordinate, { granted: item.disclosure, reason: '' }])))
            }
          >
            {say('approveAll')}
          </Button>
          <Button
            onClick={() =>
              setChoices(
                new Map(items.map((item) => [item.coordinate, { ...choiceOf(item.coordinate), granted: null }])),
              )
            }
          >
            {say('refuseAll')}
          </Button>
          <Button type="primary" disabled={unexplained > 0} onClick={() => setOpen(true)}>
            {say('checkDecide')}
          </Button>
        </span>
      }
    >
      <Table
        aria-label={say('decideFor', { department: names.department(department) })}
        size="middle"
        dataSource={items}
        rowKey="coordinate"
        pagination={false}
        className="mz-matrix"
        columns={[
          { title: common('field'), key: 'field', render: (_, item) => <FieldName of={item.coordinate} /> },
          { title: '', key: 'sensitivity', render: (_, item) => <SensitivityTag of={item.sensitivity} /> },
          { title: say('asked'), key: 'asked', width: 90, render: (_, item) => <DisclosureTag of={item.disclosure} /> },
          {
            title: say('decision'),
            key: 'decision',
            width: 300,
            render: (_, item) => (
              <Radio.Group
                size="small"
                optionType="button"
                aria-label={`${say('decision')} ${item.coordinate}`}
                value={choiceOf(item.coordinate).granted ?? 'REFUSE'}
                options={[
                  ...disclosuresOf(names.fields.get(item.coordinate), item.disclosure).map((value) => ({
                    value: value as string,
                    label: term(DISCLOSURES, value, language),
                  })),
                  { value: 'REFUSE', label: say('refuse') },
                ]}
                onChange={({ target }) =>
                  change(item.coordinate, {
                    granted:
                      disclosuresOf(names.fields.get(item.coordinate)).find((one) => one === target.value) ?? null,
                  })
                }
              />
            ),
          },
          {
            title: say('why'),
            key: 'reason',
            width: '32%',
            render: (_, item) =>
              isNarrower(choiceOf(item.coordinate).granted, item.disclosure) && (
                <Input
                  aria-label={`${say('reasonFor')} ${item.coordinate}`}
                  placeholder={say('reasonFor')}
                  maxLength={500}
                  {...(choiceOf(item.coordinate).reason.trim().length < REASON_LEAST
                    ? { status: 'warning' as const }
                    : {})}
                  value={choiceOf(item.coordinate).reason}
                  onChange={({ target }) => change(item.coordinate, { reason: target.value })}
                />
              ),
          },
        ]}
      />
      <div className="mz-inset mz-stack">
        {unexplained > 0 && <span role="status">{say('reasonNeeded', { count: unexplained })}</span>}
        <Collapse
          ghost
          items={[
            {
              key: 'bounds',
              label: say('bounds'),
              children: (
                <div className="mz-stack">
                  <span className="mz-quiet">{say('boundsAbout')}</span>
                  <div className="mz-filters">
                    <DatePicker
                      aria-label={common('validTo')}
                      placeholder={`${common('validTo')} ${of.validTo}`}
                      maxDate={dayjs(of.validTo)}
                      onChange={(day) => setValidTo(day?.format('YYYY-MM-DD') ?? null)}
                    />
                    <Select
                      aria-label={common('subjects')}
                      placeholder={common('subjects')}
                      allowClear
                      style={{ width: 220 }}
                      options={scopes}
                      value={subjects}
                      onChange={(value: SubjectScope | undefined) => setSubjects(value ?? null)}
                    />
                    <InputNumber<number>
                      aria-label={common('quota')}
                      placeholder={common('quota')}
                      min={1}
                      max={of.subjectsPerDay ?? 10_000_000}
                      precision={0}
                      style={{ width: 160 }}
                      value={quota}
                      onChange={setQuota}
                    />
                  </div>
                </div>
              ),
            },
          ]}
        />
      </div>
      <Modal
        open={open}
        width={720}
        title={say('decideFor', { department: names.department(department) })}
        onCancel={() => setOpen(false)}
        onOk={confirm}
        okText={say('confirmDecide')}
        cancelText={common('cancel')}
        okButtonProps={{ loading: decide.isPending }}
        destroyOnHidden
      >
        <div className="mz-stack">
          <p>
            {say('summary', {
              approved: approved.length,
              narrowed: lessThanAsked.length - refused,
              refused,
            })}
            {approved.length > 0 && (
              <>
                <br />
                {say('summaryGrant', { client: language === 'zh' ? of.clientNameZh : of.client })}
              </>
            )}
          </p>
          {approved.length > 0 && <DryRun change={{ end: null, draft }} />}
          {decide.error !== null && <Failure error={decide.error} />}
        </div>
      </Modal>
    </Section>
  );
}
