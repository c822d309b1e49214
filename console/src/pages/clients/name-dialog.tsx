import { Form, Input, Modal } from 'antd';
import { type ClientInput, RegisterClient, RenameClient } from '../../api/generated.js';
import { Failure } from '../../parts/failure.js';
import { useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useWords } from '../../words.js';
import { CLIENTS } from './words.js';

/** Registers an application system, or renames one. */
export function NameDialog(props: {
  /** Null: closed. */
  readonly of: ClientInput | 'NEW' | null;
  readonly onClose: () => void;
}) {
  const { of, onClose } = props;
  const say = useWords(CLIENTS);
  const common = useWords(COMMON);
  const [form] = Form.useForm<ClientInput>();
  const register = useChange(RegisterClient);
  const rename = useChange(RenameClient);
  const change = of === 'NEW' ? register : rename;
  const required = { required: true, whitespace: true, message: say('required') };
  return (
    <Modal
      open={of !== null}
      title={of === 'NEW' ? say('register') : say('rename')}
      okText={common('save')}
      cancelText={common('cancel')}
      okButtonProps={{ loading: change.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
      destroyOnHidden
    >
      {of === 'NEW' && <p>{say('registerAbout')}</p>}
      <Form<ClientInput>
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={of === null || of === 'NEW' ? {} : { id: of.id, nameZh: of.nameZh, nameEn: of.nameEn }}
        onFinish={({ id, nameZh, nameEn }) => change.mutate({ input: { id, nameZh, nameEn } }, { onSuccess: onClose })}
      >
        <Form.Item
          name="id"
          label={say('id')}
          extra={say('idHint')}
          rules={[required, { pattern: /^[\w.-]{1,64}$/, message: say('idHint') }]}
        >
          <Input disabled={of !== 'NEW'} maxLength={64} />
        </Form.Item>
        <Form.Item name="nameZh" label={say('nameZh')} rules={[required]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="nameEn" label={say('nameEn')} rules={[required]}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
      {change.error !== null && <Failure error={change.error} />}
    </Modal>
  );
}
