import { Alert, Button, Space } from 'antd';
import { Refusal } from '../api/ask.js';
import { useLanguage, useWords } from '../words.js';
import { ERROR_WORDS } from './error-words.js';
import { COMMON } from './words.js';

/** What a failure means, in plain words, with the field at fault. */
export function useFailureText(): (error: unknown) => { readonly title: string; readonly detail: string } {
  const language = useLanguage();
  const say = useWords(COMMON);
  return (error) => {
    const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL', String(error));
    const plain = ERROR_WORDS[refusal.code]?.[language === 'zh' ? 0 : 1];
    const parts = [
      refusal.field === null ? null : say('atField', { field: refusal.field }),
      // The gateway's own words are English and more exact than ours.
      refusal.code === 'OFFLINE' ? null : refusal.message,
      refusal.retryAfter === null ? null : say('retryAfter', { seconds: refusal.retryAfter }),
      say('code', { code: refusal.code }),
    ];
    return { title: plain ?? refusal.message, detail: parts.filter((part) => part !== null).join(' · ') };
  };
}

/** Shows why something was not answered, and offers to try again. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const say = useWords(COMMON);
  const { title, detail } = useFailureText()(error);
  const signedOut = error instanceof Refusal && error.code === 'UNAUTHENTICATED';
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={title}
      description={detail}
      action={
        <Space orientation="vertical">
          {signedOut && (
            <Button size="small" type="primary" href={signInAddress()}>
              {say('signIn')}
            </Button>
          )}
          {onRetry !== undefined && !signedOut && (
            <Button size="small" onClick={onRetry}>
              {say('retry')}
            </Button>
          )}
        </Space>
      }
    />
  );
}

/** Where to sign in, coming back to the page that is open. */
export function signInAddress(): string {
  return `/console/login?returnTo=${encodeURIComponent(location.pathname + location.search)}`;
}
