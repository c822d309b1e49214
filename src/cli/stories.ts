import { Command } from 'commander';
import { PEER_CITY, readPeerStories } from '../../seeds/peer-city.js';
import { readAllStories, type Story } from '../../seeds/stories.js';
import { type Config, loadConfig } from '../config.js';
import { developmentToken, gatewayUrl, verify } from './client.js';
import { NO, print, table } from './output.js';

interface ToldStory {
  readonly id: string;
  readonly title: Story['title'];
  readonly matter: string;
  readonly client: string;
  readonly caseNumber: string;
  readonly subjects: Story['subjects'];
  readonly expected: Story['expected'];
  readonly why: Story['why'];
  /** What the running gateway said; this and the next three only with --run. */
  readonly verdict?: string;
  readonly tier?: string | null;
  /** Every element that failed or could not be known. */
  readonly elements?: readonly string[];
  /** Whether that is what was expected. */
  readonly asExpected?: boolean;
}

function tell({ id, title, matter, client, caseNumber, subjects, expected, why }: Story): ToldStory {
  return { id, title, matter, client, caseNumber, subjects, expected, why };
}

/** The stories that the configured gateway can tell: those of another city only where it is asked. */
function storiesOf({ departments }: Config): readonly Story[] {
  const across = Object.values(departments).some(({ peers }) => peers?.some(({ name }) => name === PEER_CITY.name));
  return across ? [...readAllStories(), ...readPeerStories()] : readAllStories();
}

async function run(story: ToldStory, url: string, token: string): Promise<ToldStory> {
  const { verdict, tier, requirements } = await verify(url, token, story);
  const elements = requirements.flatMap((r) => (r.element === null ? [] : [r.element]));
  const { expected } = story;
  const elementFits = expected.element === null || elements.includes(expected.element);
  const asExpected = verdict === expected.verdict && tier === expected.tier && elementFits;
  return { ...story, verdict, tier, elements, asExpected };
}

function conclusion({ verdict, tier }: { readonly verdict: string; readonly tier?: string | null }): string {
  return [verdict, tier ?? ''].join(' ').trim();
}

function inWords(stories: readonly ToldStory[]): string {
  const ran = stories.some((story) => story.verdict !== undefined);
  const rows = stories.map(({ id, title, caseNumber, expected, verdict, tier, asExpected }) => [
    id,
    title.zh,
    caseNumber,
    conclusion(expected),
    ...(verdict === undefined ? [] : [conclusion({ verdict, tier: tier ?? null }), asExpected ? '✓' : '✗']),
  ]);
  const head = ['story', '故事', 'case', 'expected', ...(ran ? ['given', ''] : [])];
  const whys = ran ? [] : ['', ...stories.map(({ id, why }) => `${id}: ${why.zh}\n  ${why.en}`)];
  return [table(head, rows), ...whys].join('\n');
}

/** `mianzheng stories`: the named cases of the demonstration city and the verdict each must get. */
export function storiesCommand(): Command {
  return new Command('stories')
    .description('the named cases of the demonstration city, the verdict each must get and why')
    .option('--run', 'ask the running gateway (HOST, PORT) and add the verdict it gave; exit 1 where one differs')
    .option('--json', 'print a list of {id, matter, subjects, expected, …}')
    .action(async (options: { readonly run?: boolean; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      let told = storiesOf(config).map(tell);
      if (options.run) {
        const tokens = new Map<string, string>();
        const ran: ToldStory[] = [];
        for (const story of told) {
          const token = tokens.get(story.client) ?? (await developmentToken(config, story.client));
          tokens.set(story.client, token);
          ran.push(await run(story, gatewayUrl(config), token));
        }
        told = ran;
      }
      print(told, options.json, inWords);
      if (told.some((story) => story.asExpected === false)) process.exitCode = NO;
    });
}
