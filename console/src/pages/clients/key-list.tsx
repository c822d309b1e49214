import { Typography } from 'antd';
import { PublicKeys } from '../../api/generated.js';
import { Answer } from '../../parts/page.js';
import { useAsk } from '../../parts/use-ask.js';
import { useWords } from '../../words.js';
import { CLIENTS } from './words.js';

/** The gateway's public keys. */
export function KeyList() {
  const say = useWords(CLIENTS);
  const answer = useAsk(PublicKeys, {});
  return (
    <div className="mz-inset">
      <p className="mz-quiet">{say('keysAbout')}</p>
      <Answer of={answer}>
        {({ publicKeys }) => (
          <ul className="mz-lines">
            {publicKeys.map(({ kid, alg, jwk }) => (
              <li key={kid}>
                <span>
                  <span className="mz-code mz-breaks">{kid}</span>
                  <br />
                  <span className="mz-quiet">
                    {say('alg')} {alg}
                  </span>
                </span>
                <Typography.Text copyable={{ text: JSON.stringify(jwk) }}>JWK</Typography.Text>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </div>
  );
}
