import { Button, DatePicker, InputNumber, Radio, Select, Table } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { type Disclosure, GrantOne, type NarrowerTermsInput, NarrowGrant } from '../../api/generated.js';
import { useMatterOptions } from '../../parts/choices.js';
import { ReasonDialog } from '../../parts/confirm.js';
import { disclosuresOf } from '../../parts/disclosures.js';
import { Answer, Nothing, Page, Section } from '../../parts/page.js';
import { useNames } from '../../parts/session.js';
import { DisclosureTag, FieldName, SensitivityTag } from '../../parts/tags.js';
import { DISCLOSURES, term } from '../../parts/terms.js';
import { useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import type { ShownGrant } from './actions.js';
import { DryRun } from './dry-run.js';
import { Sample } from './sample.js';
import { GRANTS } from './words.js';

type Matrix = ReadonlyMap<string, Disclosure | null>;

/** The grant's fields as they are, or as the address asks: `least=Resident.name:MASKED,…`, all others none. */
function startOf(of: ShownGrant, least: string | null): Matrix {
  if (least === null) return new Map(of.coordinates.map(({ coordinate, disclosure }) => [coordinate, disclosure]));
  const wanted = new Map(least.split(',').map((one) => one.split(':') as [string, string]));
  return new Map(
    of.coordinates.map(({ coordinate, disclosure }) => {
      const allowed = disclosuresOf(undefined, disclosure).find((one) => one === wanted.get(coordinate));
      return [coordinate, wanted.has(coordinate) ? (allowed ?? disclosure) : null];
    }),
  );
}

function Editor({ of, least }: { readonly of: ShownGrant; readonly least: string | null }) {
  const say = useWords(GRANTS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const names = useNames();
  const matters = useMatterOptions();
  const go = useNavigate();
  const narrow = useChange(NarrowGrant);
  const [matrix, setMatrix] = useState<Matrix>(() => startOf(of, least));
  const [kept, setKept] = useState<readonly string[]>(of.matters);
  const [validTo, setValidTo] = useState<string | null>(null);
  const [quota, setQuota] = useState<number | null>(null);
  const [open, setOpen] = useState(false);

  const changed = of.coordinates.filter(({ coordinate, disclosure }) => matrix.get(coordinate) !== disclosure);
  const less = [kept.length !== of.matters.length, validTo !== null, quota !== null].filter(Boolean).length;
  const count = changed.length + less;
  const items = useMemo(
    () => [...matrix].flatMap(([coordinate, disclosure]) => (disclosure === null ? [] : [{ coordinate, disclosure }])),
    [matrix],
  );
  const terms: NarrowerTermsInput = {
    ...(changed.length === 0 ? {} : { items }),
    ...(kept.length === of.matters.length ? {} : { matters: kept }),
    ...(validTo === null ? {} : { validTo }),
    ...(quota === null ? {} : { subjectsPerDay: quota }),
  };
  const draft = {
    id: of.id,
    client: of.client,
    department: of.department,
    matters: kept,
    items,
    regions: of.regions,
    subjects: of.subjects,
    maxHops: of.maxHops,
    subjectsPerDay: quota ?? of.subjectsPerDay,
  };
  return (
    <Page
      title={say('editTitle', { id: of.id })}
      about={say('editAbout')}
      actions={
        <>
          <span className="mz-quiet mz-self-center" role="status">
            {count === 0 ? say('nothingChanged') : say('changesCount', { count })}
          </span>
          <Button
            disabled={count === 0}
            onClick={() => {
              setMatrix(startOf(of, null));
              setKept(of.matters);
              setValidTo(null);
              setQuota(null);
            }}
          >
            {say('reset')}
          </Button>
          <Link to={`/grants/${of.id}`}>
            <Button>{common('cancel')}</Button>
          </Link>
          <Button type="primary" disabled={count === 0 || items.length === 0} onClick={() => setOpen(true)}>
            {say('check')}
          </Button>
        </>
      }
    >
      <div className="mz-two">
        <Section title={`${say('matrix')} · ${items.length} / ${of.coordinates.length}`} flush>
          <div className="mz-inset">
            <span className="mz-buttons">
              <Select
                aria-label={say('matters')}
                mode="multiple"
                maxTagCount="responsive"
                style={{ width: 240 }}
                options={of.matters.map((code) => ({ value: code, label: matters.name(code) }))}
                value={[...kept]}
                onChange={(value: string[]) => setKept(value.length === 0 ? kept : value)}
              />
              <DatePicker
                aria-label={common('validTo')}
                placeholder={of.validTo}
                maxDate={dayjs(of.validTo)}
                value={validTo === null ? null : dayjs(validTo)}
                onChange={(day) => setValidTo(day?.format('YYYY-MM-DD') ?? null)}
              />
              <InputNumber<number>
                aria-label={common('quota')}
                placeholder={of.subjectsPerDay === null ? common('quota') : `${common('quota')} ${of.subjectsPerDay}`}
                min={1}
                max={of.subjectsPerDay ?? 10_000_000}
                precision={0}
                style={{ width: 160 }}
                value={quota}
                onChange={setQuota}
              />
            </span>
          </div>
          <Table
            aria-label={say('matrix')}
            size="small"
            className="mz-matrix"
            dataSource={[...of.coordinates]}
            rowKey="coordinate"
            pagination={false}
            scroll={{ y: 620 }}
            rowClassName={({ coordinate, disclosure }) =>
              matrix.get(coordinate) === disclosure ? '' : 'mz-row-changed'
            }
            columns={[
              {
                title: common('field'),
                key: 'field',
                render: (_, { coordinate }) => (
                  <span className="mz-title-cell">
                    <FieldName of={coordinate} />
                    {names.fields.get(coordinate)?.sensitivity === 'SENSITIVE' && (
                      <span>
                        <SensitivityTag of="SENSITIVE" />
                      </span>
                    )}
                  </span>
                ),
              },
              {
                title: say('before'),
                key: 'before',
                width: 80,
                render: (_, { disclosure }) => <DisclosureTag of={disclosure} />,
              },
              {
                title: say('after'),
                key: 'after',
                width: 300,
                render: (_, { coordinate, disclosure }) => (
                  <Radio.Group
                    size="small"
                    optionType="button"
                    buttonStyle="solid"
                    aria-label={coordinate}
                    value={matrix.get(coordinate) ?? 'NONE'}
                    options={[
                      ...disclosuresOf(names.fields.get(coordinate), disclosure).map((value) => ({
                        value: value as string,
                        label: term(DISCLOSURES, value, language),
                      })),
                      { value: 'NONE', label: say('none') },
                    ]}
                    onChange={({ target }) =>
                      setMatrix((old) =>
                        new Map(old).set(
                          coordinate,
                          disclosuresOf(names.fields.get(coordinate)).find((one) => one === target.value) ?? null,
                        ),
                      )
                    }
                  />
                ),
              },
            ]}
          />
        </Section>
        <div className="mz-sample">
          <Section title={say('sample')}>
            <Sample of={matrix} />
          </Section>
        </div>
      </div>
      <ReasonDialog
        title={say('editTitle', { id: of.id })}
        open={open}
        danger
        confirm={say('saveNarrow')}
        onClose={() => setOpen(false)}
        onConfirm={async (reason) => {
          await narrow.mutateAsync({ id: of.id, terms, reason });
          await go(`/grants/${of.id}`);
        }}
      >
        <DryRun change={{ end: null, draft }} />
      </ReasonDialog>
    </Page>
  );
}

/** The grant editor: a matrix of fields and disclosures beside the answer the application would receive. */
export default function GrantEditPage() {
  const { id = '' } = useParams();
  const say = useWords(GRANTS);
  const url = useUrl();
  const answer = useAsk(GrantOne, { id });
  return (
    <Answer of={answer}>
      {({ grant }) =>
        grant === null ? (
          <Page title={say('title')}>
            <Nothing text={say('gone')} />
          </Page>
        ) : (
          <Editor key={grant.id} of={grant} least={url.get('least')} />
        )
      }
    </Answer>
  );
}
