import { Button, Result } from 'antd';
import { Component, type ReactNode } from 'react';
import { useWords } from '../words.js';
import { SHELL } from './words.js';

function Crashed() {
  const say = useWords(SHELL);
  return (
    <Result
      status="error"
      title={say('crashed')}
      subTitle={say('crashedAbout')}
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {say('reload')}
        </Button>
      }
    />
  );
}

/** Shows that a page failed, and leaves the navigation working. Give it a `key` that changes with the page. */
export class Crash extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override readonly state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}
