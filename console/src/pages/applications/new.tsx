import { App, Button, DatePicker, Form, Input, InputNumber, Select, Table } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ask } from '../../api/ask.js';
import {
  type ApplicationInput,
  ApplicationOne,
  CreateApplication,
  type Disclosure,
  MatterNeeds,
  type SubjectScope,
  SubmitApplication,
  UpdateApplication,
} from '../../api/generated.js';
import { useClientOptions, useMatterOptions, useTerms } from '../../parts/choices.js';
import { disclosuresOf } from '../../parts/disclosures.js';
import { Failure } from '../../parts/failure.js';
import { Answer, Nothing, Page, Section } from '../../parts/page.js';
import { useNames } from '../../parts/session.js';
import { DepartmentName, FieldName, SensitivityTag } from '../../parts/tags.js';
import { DISCLOSURES, SCOPES, term } from '../../parts/terms.js';
import { dayOf } from '../../parts/time.js';
import { useUrl } from '../../parts/url.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { APPLICATIONS } from './words.js';

/** What the form starts from. */
interface Start {
  readonly id: string | null;
  readonly terms: Omit<ApplicationInput, 'items' | 'validFrom' | 'validTo'>;
  readonly validFrom: string;
  readonly validTo: string;
  readonly items: ReadonlyMap<string, Disclosure>;
}

interface Entered {
  readonly client: string;
  readonly purpose: string;
  readonly matters: string[];
  readonly legalBasis: string;
  readonly regions: string[];
  readonly subjects: SubjectScope;
  readonly maxHops: number;
  readonly subjectsPerDay: number | null;
  readonly validity: readonly [Dayjs, Dayjs];
}

function Editor({ start }: { readonly start: Start }) {
  const say = useWords(APPLICATIONS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const names = useNames();
  const clients = useClientOptions();
  const matters = useMatterOptions();
  const scopes = useTerms(SCOPES);
  const { message } = App.useApp();
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const subjects = Form.useWatch('subjects', form);
  const [items, setItems] = useState(start.items);
  const [failed, setFailed] = useState<unknown>(null);
  // A draft stands even where its submission fails: pressed again, it is this one.
  const [draft, setDraft] = useState(start.id);
  const create = useChange(CreateApplication);
  const update = useChange(UpdateApplication);
  const submit = useChange(SubmitApplication);
  const busy = create.isPending || update.isPending || submit.isPending;

  const grantable = [...names.fields.values()]
    .filter((field) => field.class === 'CONDITIONAL' && !items.has(field.coordinate))
    .map(({ coordinate }) => ({ value: coordinate, label: `${names.field(coordinate)} ${coordinate}` }));
  const rows = [...items]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([coordinate, disclosure]) => ({ coordinate, disclosure }));

  function add(coordinates: readonly string[]): void {
    setItems((old) => {
      const next = new Map(old);
      for (const one of coordinates) if (!next.has(one)) next.set(one, 'FULL');
      return next;
    });
  }

  async function prefill(): Promise<void> {
    const client = form.getFieldValue('client') as string | undefined;
    const chosen = (form.getFieldValue('matters') as string[] | undefined) ?? [];
    const [matter] = chosen;
    if (client === undefined || matter === undefined) {
      void message.info(say('prefillFirst'));
      return;
    }
    setFailed(null);
    try {
      const { matterNeeds } = await ask(MatterNeeds, { client, matter });
      const missing = matterNeeds.missing.flatMap(({ coordinates }) => coordinates);
      add(missing);
      void message.info(missing.length === 0 ? say('prefillNone') : say('prefillDone', { count: missing.length }));
    } catch (error) {
      setFailed(error);
    }
  }

  async function save(thenSubmit: boolean): Promise<void> {
    setFailed(null);
    if (items.size === 0) void message.error(say('noItems'));
    let entered: Entered;
    try {
      entered = await form.validateFields();
    } catch {
      // The form shows at each field what is wrong.
      return;
    }
    if (items.size === 0) return;
    const { validity, ...terms } = entered;
    const input: ApplicationInput = {
      ...terms,
      maxHops: terms.subjects === 'RELATED' ? terms.maxHops : 0,
      validFrom: validity[0].format('YYYY-MM-DD'),
      validTo: validity[1].format('YYYY-MM-DD'),
      items: rows,
    };
    try {
      const id =
        draft === null
          ? (await create.mutateAsync({ input })).createApplication.id
          : (await update.mutateAsync({ id: draft, input })).updateApplication.id;
      setDraft(id);
      if (thenSubmit) await submit.mutateAsync({ id });
      await go(`/applications/${id}`);
    } catch (error) {
      setFailed(error);
    }
  }

  return (
    <Page
      title={start.id === null ? say('newTitle') : say('editTitle')}
      about={say('newAbout')}
      actions={
        <>
          <Button loading={busy} onClick={() => void save(false)}>
            {say('saveDraft')}
          </Button>
          <Button type="primary" loading={busy} onClick={() => void save(true)}>
            {say('saveSubmit')}
          </Button>
        </>
      }
    >
      {failed !== null && (
        <div className="mz-gap">
          <Failure error={failed} />
        </div>
      )}
      <div className="mz-columns">
        <div className="mz-span-5">
          <Section title={say('terms')}>
            <Form<Entered>
              form={form}
              layout="vertical"
              requiredMark
              scrollToFirstError
              initialValues={{ ...start.terms, validity: [dayjs(start.validFrom), dayjs(start.validTo)] }}
              validateMessages={{ required: say('required') }}
            >
              <Form.Item name="client" label={common('client')} rules={[{ required: true }]}>
                <Select showSearch={{ optionFilterProp: 'label' }} options={[...clients.options]} />
              </Form.Item>
              <Form.Item name="matters" label={common('matter')} rules={[{ required: true }]}>
                <Select
                  mode="multiple"
                  maxCount={20}
                  showSearch={{ optionFilterProp: 'label' }}
                  options={[...matters.options]}
                />
              </Form.Item>
              <Form.Item
                name="purpose"
                label={common('purpose')}
                extra={say('purposeHint')}
                rules={[{ required: true, whitespace: true }]}
              >
                <Input.TextArea rows={2} maxLength={500} showCount />
              </Form.Item>
              <Form.Item name="legalBasis" label={common('legalBasis')} rules={[{ required: true, whitespace: true }]}>
                <Input.TextArea rows={3} maxLength={500} showCount />
              </Form.Item>
              <Form.Item name="validity" label={say('validity')} rules={[{ required: true }]}>
                <DatePicker.RangePicker className="mz-full-width" />
              </Form.Item>
              <Form.Item name="subjects" label={common('subjects')} rules={[{ required: true }]}>
                <Select options={[...scopes]} />
              </Form.Item>
              <Form.Item name="maxHops" label={say('hops')} hidden={subjects !== 'RELATED'}>
                <InputNumber min={0} max={5} precision={0} />
              </Form.Item>
              <Form.Item name="subjectsPerDay" label={common('quota')}>
                <InputNumber
                  min={1}
                  max={10_000_000}
                  precision={0}
                  placeholder={common('noBound')}
                  className="mz-full-width"
                />
              </Form.Item>
              <Form.Item
                name="regions"
                label={common('regions')}
                extra={say('regionsHint')}
                rules={[
                  {
                    validator: (_, value: readonly string[] = []) =>
                      value.every((one) => /^(\d{2}|\d{4}|\d{6})$/.test(one))
                        ? Promise.resolve()
                        : Promise.reject(new Error(say('regionsBad'))),
                  },
                ]}
              >
                <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，', '、']} />
              </Form.Item>
            </Form>
          </Section>
        </div>
        <div className="mz-span-7">
          <Section
            title={`${say('items')} · ${rows.length}`}
            flush
            extra={<Button onClick={() => void prefill()}>{say('prefill')}</Button>}
          >
            <div className="mz-inset">
              <Select
                aria-label={say('addField')}
                placeholder={say('addField')}
                className="mz-full-width"
                showSearch={{ optionFilterProp: 'label' }}
                value={null}
                options={grantable}
                onSelect={(coordinate) => add(coordinate === null ? [] : [coordinate])}
              />
            </div>
            <Table
              aria-label={say('items')}
              size="middle"
              className="mz-matrix"
              dataSource={rows}
              rowKey="coordinate"
              pagination={false}
              scroll={{ y: 560 }}
              locale={{ emptyText: <Nothing text={say('noItems')} /> }}
              columns={[
                { title: common('field'), key: 'field', render: (_, { coordinate }) => <FieldName of={coordinate} /> },
                {
                  title: common('department'),
                  key: 'department',
                  render: (_, { coordinate }) => {
                    const field = names.fields.get(coordinate);
                    return (
                      field !== undefined && (
                        <span className="mz-title-cell">
                          <DepartmentName of={field.department} />
                          <span>
                            <SensitivityTag of={field.sensitivity} />
                          </span>
                        </span>
                      )
                    );
                  },
                },
                {
                  title: common('disclosure'),
                  key: 'disclosure',
                  width: 120,
                  render: (_, { coordinate, disclosure }) => (
                    <Select<Disclosure>
                      aria-label={`${common('disclosure')} ${coordinate}`}
                      value={disclosure}
                      style={{ width: 104 }}
                      options={disclosuresOf(names.fields.get(coordinate)).map((value) => ({
                        value,
                        label: term(DISCLOSURES, value, language),
                      }))}
                      onChange={(value) => setItems((old) => new Map(old).set(coordinate, value))}
                    />
                  ),
                },
                {
                  title: '',
                  key: 'remove',
                  width: 80,
                  render: (_, { coordinate }) => (
                    <Button
                      type="text"
                      aria-label={`${say('remove')} ${coordinate}`}
                      onClick={() =>
                        setItems((old) => {
                          const next = new Map(old);
                          next.delete(coordinate);
                          return next;
                        })
                      }
                    >
                      {say('remove')}
                    </Button>
                  ),
                },
              ]}
            />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** A year from a day. */
function yearAfter(day: string): string {
  return dayjs(day).add(1, 'year').subtract(1, 'day').format('YYYY-MM-DD');
}

function Fresh() {
  const url = useUrl();
  const today = useMemo(() => dayOf(new Date()), []);
  const matter = url.get('matter');
  const start: Start = {
    id: null,
    terms: {
      client: url.get('client') ?? '',
      purpose: '',
      matters: matter === null ? [] : [matter],
      legalBasis: '',
      regions: [],
      subjects: 'CASE_SUBJECTS',
      maxHops: 1,
      subjectsPerDay: null,
    },
    validFrom: today,
    validTo: yearAfter(today),
    items: new Map((url.get('fields') ?? '').split(',').flatMap((one) => (one === '' ? [] : [[one, 'FULL' as const]]))),
  };
  const { client, ...others } = start.terms;
  return <Editor start={client === '' ? { ...start, terms: others as Start['terms'] } : start} />;
}

function Again({ id }: { readonly id: string }) {
  const say = useWords(APPLICATIONS);
  const answer = useAsk(ApplicationOne, { id });
  return (
    <Answer of={answer}>
      {({ application }) =>
        application === null ? (
          <Nothing text={say('gone')} />
        ) : (
          <Editor
            start={{
              id,
              terms: {
                client: application.client,
                purpose: application.purpose,
                matters: application.matters,
                legalBasis: application.legalBasis,
                regions: application.regions,
                subjects: application.subjects,
                maxHops: application.maxHops,
                subjectsPerDay: application.subjectsPerDay,
              },
              validFrom: application.validFrom,
              validTo: application.validTo,
              items: new Map(application.items.map(({ coordinate, disclosure }) => [coordinate, disclosure])),
            }}
          />
        )
      }
    </Answer>
  );
}

/** An application for access, new or an own draft. */
export default function ApplicationFormPage() {
  const { id } = useParams();
  return id === undefined ? <Fresh /> : <Again id={id} />;
}
