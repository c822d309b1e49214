import { Alert, Button, Collapse, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { CreateSeason, MatterOne, SeasonClients } from '../../api/generated.js';
import { useMatterOptions } from '../../parts/choices.js';
import { Failure } from '../../parts/failure.js';
import { Answer, Page, Section } from '../../parts/page.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { bringList, ChooseList, faultOf } from './list-file.js';
import { SEASONS } from './words.js';

interface Entered {
  readonly client: string;
  readonly matter: string;
  readonly perSecond?: number | null;
  readonly between?: string;
  readonly headings?: Readonly<Record<string, string | undefined>>;
}

/** Columns of every list, beside the matter's roles. */
const COLUMNS = ['case', 'filedOn', 'division', 'school'] as const;

const HOURS = /^\d{2}:\d{2}-\d{2}:\d{2}$/;

function Headings({ matter }: { readonly matter: string | undefined }) {
  const say = useWords(SEASONS);
  const { data } = useAsk(MatterOne, { code: matter ?? '' }, { enabled: matter !== undefined });
  const roles = matter === undefined ? [] : (data?.matter?.roles ?? []).map(({ role }) => role);
  const lines = [
    ...COLUMNS.map((name) => ({ name, label: say(name) })),
    ...roles.map((name) => ({ name, label: name })),
  ];
  return (
    <>
      <p className="mz-quiet">{say('headingsHint')}</p>
      <div className="mz-columns">
        {lines.map(({ name, label }) => (
          <div key={name} className="mz-span-3">
            <Form.Item name={['headings', name]} label={label}>
              <Input maxLength={100} />
            </Form.Item>
          </div>
        ))}
      </div>
    </>
  );
}

/** Makes a season: whose, for which matter, how fast, and its list. */
export default function NewSeasonPage() {
  const say = useWords(SEASONS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const matters = useMatterOptions();
  const clients = useAsk(SeasonClients, {});
  const create = useChange(CreateSeason);
  const go = useNavigate();
  const [form] = Form.useForm<Entered>();
  const matter = Form.useWatch('matter', form);
  const [file, setFile] = useState<File | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // A season stands even where its list does not arrive: pressed again for the same, it is this one.
  const [made, setMade] = useState<{ readonly id: string; readonly of: string } | null>(null);
  const fault = file === null ? null : faultOf(file);

  async function save({ headings = {}, ...entered }: Entered): Promise<void> {
    if (file === null || fault !== null) return;
    setFailed(null);
    setBusy(true);
    try {
      const columns = Object.entries(headings).flatMap(([name, heading]) =>
        heading === undefined || heading.trim() === '' ? [] : [{ name, heading: heading.trim() }],
      );
      const { client, perSecond = null } = entered;
      const between = entered.between?.trim() ? entered.between.trim() : null;
      const input = { client, matter: entered.matter, file: file.name.slice(-100), perSecond, between, columns };
      const of = JSON.stringify(input);
      const id = made?.of === of ? made.id : (await create.mutateAsync({ input })).createSeason.id;
      setMade({ id, of });
      await bringList(id, file);
      await go(`/seasons/${id}`);
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Page title={say('newTitle')} about={say('newAbout')}>
      <Section>
        <Answer of={clients}>
          {({ seasonClients }) =>
            seasonClients.length === 0 ? (
              <Alert type="info" showIcon title={say('noClients')} />
            ) : (
              <Form form={form} layout="vertical" onFinish={(entered: Entered) => void save(entered)}>
                <div className="mz-columns">
                  <div className="mz-span-6">
                    <Form.Item
                      name="client"
                      label={common('client')}
                      extra={say('clientHint')}
                      rules={[{ required: true, message: say('required') }]}
                    >
                      <Select
                        options={seasonClients.map(({ id, nameZh, nameEn }) => ({
                          value: id,
                          label: language === 'zh' ? nameZh : nameEn,
                        }))}
                      />
                    </Form.Item>
                  </div>
                  <div className="mz-span-6">
                    <Form.Item
                      name="matter"
                      label={common('matter')}
                      rules={[{ required: true, message: say('required') }]}
                    >
                      <Select showSearch={{ optionFilterProp: 'label' }} options={[...matters.options]} />
                    </Form.Item>
                  </div>
                  <div className="mz-span-6">
                    <Form.Item name="perSecond" label={say('perSecond')} extra={say('perSecondHint')}>
                      <InputNumber min={1} max={1_000_000} precision={0} style={{ width: '100%' }} />
                    </Form.Item>
                  </div>
                  <div className="mz-span-6">
                    <Form.Item
                      name="between"
                      label={say('between')}
                      extra={say('betweenHint')}
                      rules={[{ pattern: HOURS, message: say('betweenWrong') }]}
                    >
                      <Input maxLength={11} placeholder="19:00-07:00" />
                    </Form.Item>
                  </div>
                </div>
                <Collapse
                  ghost
                  items={[{ key: 'headings', label: say('headings'), children: <Headings matter={matter} /> }]}
                />
                <div className="mz-stack">
                  <div className="mz-buttons">
                    <ChooseList accept=".csv,.xlsx" text={say('choose')} onChoose={setFile} />
                    <span className="mz-season-file">{file === null ? say('fileHint') : file.name}</span>
                  </div>
                  {fault !== null && <Alert type="error" showIcon title={say(fault)} />}
                  {failed !== null && <Failure error={failed} />}
                  <div>
                    <Button type="primary" htmlType="submit" loading={busy} disabled={file === null || fault !== null}>
                      {say('upload')}
                    </Button>
                  </div>
                </div>
              </Form>
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}
