/** Which entries are looked for. */
import { Form, Input, Modal, Select } from 'antd';
import dayjs from 'dayjs';
import { useMemo } from 'react';
import type { RecordFilter, RecordKind } from '../../api/generated.js';
import { useTerms } from '../../parts/choices.js';
import { SUBJECT_KINDS } from '../../parts/terms.js';
import { dayOf, dayStart } from '../../parts/time.js';
import type { UrlState } from '../../parts/url.js';
import { COMMON } from '../../parts/words.js';
import { useWords } from '../../words.js';
import { RECORDS } from './words.js';

/** Whose entries are looked for. */
export type Subject = NonNullable<RecordFilter['subject']>;

const DAYS = 7;
const KINDS = ['REQUEST', 'ADMINISTRATION', 'CONTROL', 'ALARM'] as const satisfies readonly RecordKind[];

/** Takes a person's number. It stays in this page's memory: never in the address. */
export function SubjectDialog(props: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onSet: (subject: Subject) => void;
}) {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const kinds = useTerms(SUBJECT_KINDS);
  const [form] = Form.useForm<Subject>();
  return (
    <Modal
      open={props.open}
      title={say('subject')}
      okText={common('search')}
      cancelText={common('cancel')}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <p className="mz-quiet">{say('subjectAbout')}</p>
      <Form<Subject>
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ kind: 'CITIZEN' }}
        onFinish={({ kind, id }) => {
          props.onSet({ kind, id: id.trim() });
          props.onClose();
        }}
      >
        <Form.Item name="kind" label={say('subjectKind')}>
          <Select options={[...kinds]} />
        </Form.Item>
        <Form.Item name="id" label={say('subjectId')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** The filter as the address says it, and the person looked for. */
export function useFilter(url: UrlState, subject: Subject | null): RecordFilter {
  const start = useMemo(() => dayOf(dayjs().subtract(DAYS, 'day').toDate()), []);
  const kind = url.one('kind', KINDS);
  const to = url.get('to');
  return {
    from: dayStart(url.get('from') ?? start),
    to: to === null ? null : dayStart(dayjs(to).add(1, 'day').format('YYYY-MM-DD')),
    kind: kind === null ? null : [kind],
    client: url.get('client'),
    matter: url.get('matter'),
    caseNumber: url.get('case'),
    subject,
    coordinate: url.get('coordinate'),
    outcome: url.one('outcome', ['ANSWERED', 'REFUSED', 'FAILED']),
    code: url.get('code'),
    actor: url.get('actor'),
  };
}
