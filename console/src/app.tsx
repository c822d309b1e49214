import { Result } from 'antd';

/** The administrators' page. */
export function AdministratorsPage() {
  return <Result title="免证" />;
}
