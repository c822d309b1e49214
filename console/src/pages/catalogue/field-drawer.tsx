import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import {
  CatalogueOne,
  type CatalogueOneQuery,
  DescribeField,
  type FieldResponsibilityInput,
} from '../../api/generated.js';
import { useMatterOptions, useTerms } from '../../parts/choices.js';
import { Failure } from '../../parts/failure.js';
import { Answer, Facts, Nothing } from '../../parts/page.js';
import { useNames, useSession } from '../../parts/session.js';
import { ClassTag, DepartmentName, DisclosureTag, SensitivityTag } from '../../parts/tags.js';
import { FRESHNESS, KINDS, term } from '../../parts/terms.js';
import { instantText } from '../../parts/time.js';
import { useAsk, useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useJoined, useLanguage, useWords } from '../../words.js';
import { CATALOGUE } from './words.js';

type Field = NonNullable<CatalogueOneQuery['catalogueField']>;

function ResponsibilityForm({ field, onDone }: { readonly field: Field; readonly onDone: () => void }) {
  const say = useWords(CATALOGUE);
  const common = useWords(COMMON);
  const describe = useChange(DescribeField);
  const { legalBasis = null, freshness = null, unit = null, remark = null } = field.responsibility ?? {};
  return (
    <Form<FieldResponsibilityInput>
      layout="vertical"
      initialValues={{ legalBasis, freshness, unit, remark }}
      onFinish={(values) => {
        const input = {
          legalBasis: values.legalBasis || null,
          freshness: values.freshness ?? null,
          unit: values.unit || null,
          remark: values.remark || null,
        };
        describe.mutate({ coordinate: field.coordinate, input }, { onSuccess: onDone });
      }}
    >
      <Form.Item name="legalBasis" label={say('basis')}>
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
      <Form.Item name="freshness" label={say('freshness')}>
        <Select allowClear options={[...useTerms(FRESHNESS)]} />
      </Form.Item>
      <Form.Item name="unit" label={say('unit')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="remark" label={say('remark')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      {describe.error !== null && <Failure error={describe.error} />}
      <div className="mz-buttons">
        <Button type="primary" htmlType="submit" loading={describe.isPending}>
          {common('save')}
        </Button>
        <Button onClick={onDone}>{common('cancel')}</Button>
      </div>
    </Form>
  );
}

function Responsibility({ field }: { readonly field: Field }) {
  const say = useWords(CATALOGUE);
  const language = useLanguage();
  const { me, may } = useSession();
  const [editing, setEditing] = useState(false);
  if (editing) return <ResponsibilityForm field={field} onDone={() => setEditing(false)} />;
  const { responsibility } = field;
  const own = may('Mutation.describeField') && me.departments.includes(field.department);
  return (
    <div className="mz-stack">
      {responsibility === null ? (
        <span className="mz-quiet">{say('noResponsibility')}</span>
      ) : (
        <>
          <Facts
            of={[
              [say('basis'), responsibility.legalBasis ?? say('unsaid')],
              [
                say('freshness'),
                responsibility.freshness === null ? say('unsaid') : term(FRESHNESS, responsibility.freshness, language),
              ],
              [say('unit'), responsibility.unit ?? say('unsaid')],
              [say('remark'), responsibility.remark ?? say('unsaid')],
            ]}
          />
          <span className="mz-quiet">
            {say('saidBy', { by: responsibility.saidBy, at: instantText(responsibility.saidAt) })}
          </span>
        </>
      )}
      {own && (
        <div>
          <Button onClick={() => setEditing(true)}>{say('edit')}</Button>
        </div>
      )}
    </div>
  );
}

function Readers({ of }: { readonly of: Field['readers'] }) {
  const joined = useJoined();
  const say = useWords(CATALOGUE);
  const common = useWords(COMMON);
  const matters = useMatterOptions();
  const language = useLanguage();
  if (of === null) return <span className="mz-quiet">{say('notTold')}</span>;
  if (of.length === 0) return <Nothing text={say('nobody')} />;
  return (
    <ul className="mz-lines">
      {of.map((reader) => (
        <li key={reader.grant}>
          <span>
            <Link to={`/grants/${reader.grant}`}>{language === 'zh' ? reader.clientNameZh : reader.client}</Link>
            <br />
            <span className="mz-quiet">
              {joined(reader.matters.map(matters.name))} · {say('until', { day: reader.validTo })}
              {reader.subjectsPerDay !== null && ` · ${common('quotaOf', { count: reader.subjectsPerDay })}`}
            </span>
          </span>
          <DisclosureTag of={reader.disclosure} />
        </li>
      ))}
    </ul>
  );
}

/** Everything about one field, beside the list. */
export function FieldDrawer({
  coordinate,
  onClose,
}: {
  readonly coordinate: string | null;
  readonly onClose: () => void;
}) {
  const say = useWords(CATALOGUE);
  const common = useWords(COMMON);
  const names = useNames();
  const language = useLanguage();
  const answer = useAsk(CatalogueOne, { coordinate: coordinate ?? '' }, { enabled: coordinate !== null });
  return (
    <Drawer
      open={coordinate !== null}
      onClose={onClose}
      size={560}
      title={coordinate === null ? '' : `${names.field(coordinate)} · ${coordinate}`}
    >
      <Answer of={answer}>
        {({ catalogueField: field }) =>
          field === null ? (
            <Nothing />
          ) : (
            <div className="mz-stack mz-drawer">
              <Facts
                of={[
                  [say('class'), <ClassTag key="class" of={field.class} />],
                  [say('sensitivity'), <SensitivityTag key="sensitivity" of={field.sensitivity} />],
                  [common('department'), <DepartmentName key="d" of={field.department} />],
                  [say('kind'), term(KINDS, field.kind, language)],
                  [
                    say('valueType'),
                    <span key="type" className="mz-code">
                      {field.valueType}
                    </span>,
                  ],
                  [say('mask'), field.mask ?? say('unsaid')],
                  field.notSharedBasis === null ? null : [say('notSharedBasis'), field.notSharedBasis],
                ]}
              />
              <div>
                <div className="mz-quiet">{say('description')}</div>
                {field.description}
              </div>
              <h3>{say('readers')}</h3>
              <Readers of={field.readers} />
              <h3>{say('responsibility')}</h3>
              <Responsibility key={field.coordinate} field={field} />
            </div>
          )
        }
      </Answer>
    </Drawer>
  );
}
