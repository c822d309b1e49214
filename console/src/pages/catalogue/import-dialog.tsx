import { Alert, Button, Modal, Upload } from 'antd';
import { useState } from 'react';
import { ImportResponsibilities, type ImportResponsibilitiesMutation } from '../../api/generated.js';
import { Failure } from '../../parts/failure.js';
import { FieldName } from '../../parts/tags.js';
import { useChange } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useWords } from '../../words.js';
import { CATALOGUE } from './words.js';

type Result = ImportResponsibilitiesMutation['importResponsibilities'];

interface Chosen {
  readonly format: 'CSV' | 'XLSX';
  readonly base64: string;
}

async function read(file: File): Promise<Chosen> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { format: file.name.toLowerCase().endsWith('.xlsx') ? 'XLSX' : 'CSV', base64: btoa(text) };
}

/** Reads a responsibility list: first says what would change, then changes it. */
export function ImportDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const say = useWords(CATALOGUE);
  const common = useWords(COMMON);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [tried, setTried] = useState<Result | null>(null);
  const run = useChange(ImportResponsibilities);

  function leave(): void {
    setChosen(null);
    setTried(null);
    run.reset();
    onClose();
  }

  async function choose(file: File): Promise<void> {
    const one = await read(file);
    setChosen(one);
    setTried(null);
    run.mutate(
      { ...one, dryRun: true },
      { onSuccess: ({ importResponsibilities }) => setTried(importResponsibilities) },
    );
  }

  const ready = chosen !== null && tried !== null && tried.faults.length === 0 && tried.changed.length > 0;
  return (
    <Modal
      open={open}
      title={say('importList')}
      onCancel={leave}
      okText={say('importGo')}
      cancelText={common('cancel')}
      okButtonProps={{ disabled: !ready, loading: run.isPending }}
      onOk={() => {
        if (chosen !== null) run.mutate({ ...chosen, dryRun: false }, { onSuccess: leave });
      }}
    >
      <div className="mz-stack">
        <p>{say('importAbout')}</p>
        <Upload
          accept=".csv,.xlsx"
          showUploadList={false}
          beforeUpload={(file) => {
            void choose(file);
            return false;
          }}
        >
          <Button loading={run.isPending && tried === null}>{say('importChoose')}</Button>
        </Upload>
        {run.error !== null && <Failure error={run.error} />}
        {tried !== null && (
          <>
            <Alert
              type={tried.faults.length > 0 ? 'error' : 'info'}
              title={say('importLines', { lines: tried.lines, changed: tried.changed.length })}
            />
            {tried.faults.length > 0 && (
              <ul className="mz-lines">
                {tried.faults.map(({ line, column, message }) => (
                  <li key={`${line} ${column ?? ''} ${message}`}>
                    {say('importFault', { line, column: column ?? '', message })}
                  </li>
                ))}
              </ul>
            )}
            {tried.faults.length === 0 && tried.changed.length === 0 && <p>{say('importNothing')}</p>}
            <ul className="mz-lines mz-scrolls">
              {tried.changed.map((coordinate) => (
                <li key={coordinate}>
                  <FieldName of={coordinate} inline />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Modal>
  );
}
