import { Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { useWords } from '../words.js';
import type { Option } from './choices.js';
import { ReasonDialog } from './confirm.js';
import { COMMON } from './words.js';

/** Takes one finding of a few and its reason. `needsReason`: whether a finding must be explained. */
export function AnswerDialog<F extends string>(props: {
  readonly title: string;
  readonly about: string;
  /** What else to know before answering. */
  readonly children?: ReactNode;
  readonly open: boolean;
  readonly findings: readonly Option[];
  readonly first: F;
  readonly needsReason: (finding: string) => boolean;
  readonly onClose: () => void;
  readonly onAnswer: (finding: F, reason: string) => Promise<unknown>;
}) {
  const common = useWords(COMMON);
  const [finding, setFinding] = useState<F>(props.first);
  return (
    <ReasonDialog
      title={props.title}
      open={props.open}
      confirm={common('confirm')}
      least={props.needsReason(finding) ? 5 : 0}
      onClose={props.onClose}
      onConfirm={(reason) => props.onAnswer(finding, reason)}
    >
      <p>{props.about}</p>
      {props.children}
      <Radio.Group
        aria-label={props.title}
        value={finding}
        options={[...props.findings]}
        onChange={({ target }) => setFinding(target.value as F)}
      />
    </ReasonDialog>
  );
}
