import { Button, Upload } from 'antd';
import { putFile, Refusal } from '../../api/ask.js';
import { useWords } from '../../words.js';
import { SEASONS } from './words.js';

/** Largest list by ending, bytes, as the gateway takes it. */
const MOST: Readonly<Record<string, number>> = { '.csv': 32 * 1024 * 1024, '.xlsx': 16 * 1024 * 1024 };

/** The ending of a file's name, lower case. */
export const endingOf = (name: string): string => /\.\w+$/.exec(name.toLowerCase())?.[0] ?? '';

/** What is wrong with a file before it is sent, as a key of the words; null: nothing. */
export function faultOf({ name, size }: Pick<File, 'name' | 'size'>): 'fileWrong' | 'fileLarge' | null {
  const most = MOST[endingOf(name)];
  if (most === undefined) return 'fileWrong';
  return size > most ? 'fileLarge' : null;
}

/** Brings the list of a season. @throws Refusal */
export async function bringList(id: string, file: File): Promise<void> {
  if (faultOf(file) !== null) throw new Refusal('BODY_TOO_LARGE', 'the list is too large or of another kind');
  await putFile(`/admin/seasons/${id}/list`, file);
}

/** A button that has a list chosen. @param accept endings that may be chosen */
export function ChooseList(props: {
  readonly accept: string;
  readonly text: string;
  readonly busy?: boolean;
  readonly onChoose: (file: File) => void;
}) {
  const say = useWords(SEASONS);
  return (
    <Upload
      accept={props.accept}
      showUploadList={false}
      beforeUpload={(file) => {
        props.onChoose(file);
        return false;
      }}
    >
      <Button loading={props.busy ?? false} title={say('fileHint')}>
        {props.text}
      </Button>
    </Upload>
  );
}
