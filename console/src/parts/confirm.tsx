import { Button, Form, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { useWords } from '../words.js';
import { Failure } from './failure.js';
import { COMMON } from './words.js';

/** A change that needs a reason: says what it does and who loses what, takes the reason, and shows a refusal in place. */
export function ReasonDialog(props: {
  readonly title: string;
  readonly open: boolean;
  readonly danger?: boolean;
  /** What it changes. */
  readonly children: ReactNode;
  readonly confirm: string;
  /** At least so many characters. Default 5; 0: one may be left out; null: none is asked for. */
  readonly least?: number | null;
  readonly most?: number;
  /** What the text is. Default: the reason. */
  readonly label?: string;
  readonly onClose: () => void;
  readonly onConfirm: (reason: string) => Promise<unknown>;
}) {
  const { title, open, danger = false, children, confirm, least = 5, most = 500, onClose, onConfirm } = props;
  const say = useWords(COMMON);
  const [reason, setReason] = useState('');
  const [pressed, setPressed] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const short = least !== null && reason.trim().length < least;

  function leave(): void {
    setReason('');
    setPressed(false);
    setError(null);
    onClose();
  }

  async function go(): Promise<void> {
    setPressed(true);
    if (short) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm(reason.trim());
      leave();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal
      title={title}
      open={open}
      onCancel={leave}
      width={640}
      destroyOnHidden
      footer={[
        <Button key="no" onClick={leave}>
          {say('cancel')}
        </Button>,
        <Button key="yes" type="primary" danger={danger} loading={busy} onClick={() => void go()}>
          {confirm}
        </Button>,
      ]}
    >
      <div className="mz-stack">
        {children}
        {least !== null && (
          <Form layout="vertical" component="div">
            <Form.Item
              label={props.label ?? say('reason')}
              htmlFor="reason"
              required={least > 0}
              extra={say('reasonHint')}
              {...(pressed && short ? { validateStatus: 'error' as const, help: say('reasonShort') } : {})}
            >
              <Input.TextArea
                id="reason"
                rows={3}
                maxLength={most}
                showCount
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </Form.Item>
          </Form>
        )}
        {error !== null && <Failure error={error} />}
      </div>
    </Modal>
  );
}
