import { Result } from 'antd';

/** Who used which of my fields, for which matter and case. */
export function CitizensPage() {
  return <Result title="免证" />;
}
