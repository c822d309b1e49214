import type { ReactNode } from 'react';

/** Code, or what is laid out as code. Where it scrolls, a keyboard can scroll it too. */
export function CodeBlock({ children }: { readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must be able to
    <pre className="mz-code-block" tabIndex={0}>
      {children}
    </pre>
  );
}
