/** The clerk's desk: the list of applications and one of them, with facts, outcomes, sources and receipt. */
import { WORDS } from './clerk-words.js';
import { chooseLanguage, chosenLanguage, element, known, send } from './elements.js';

const screen = known('screen');
let language = chosenLanguage();
let words = WORDS[language];
/** @type {any[]} */
let list = [];
/** The application looked at. @type {any} */
let open = null;
/** @type {string | null} */
let clerk = null;
/** @type {() => void} */
let shown = () => undefined;

/** @param {string} text */
const say = (text) => {
  known('status').textContent = text;
};

/** @param {string | number | null} at */
function time(at) {
  if (at === null || at === undefined) return '';
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(new Date(at));
}

/** @param {string} state */
function badge(state) {
  const tone = { APPROVED: '', NOT_MET: '.no', UNCONFIRMED: '.no', BLOCKED: '.no' }[state] ?? '.wait';
  return element(`span.state${tone}`, null, words.states[/** @type {keyof typeof words.states} */ (state)] ?? state);
}

/** @param {string | null} code */
const department = (code) =>
  code === null ? '' : (words.departments[/** @type {keyof typeof words.departments} */ (code)] ?? code);

/** @param {string | null} code shown beside the sign-in, in a demonstration @param {string | null} [fault] */
function signIn(code, fault = null) {
  shown = () => signIn(code, fault);
  known('leave').hidden = true;
  known('who').textContent = '';
  const name = /** @type {HTMLInputElement} */ (
    element('input', { id: 'name', type: 'text', autocomplete: 'username', autocapitalize: 'off', spellcheck: 'false' })
  );
  const secret = /** @type {HTMLInputElement} */ (
    element('input', { id: 'code', type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' })
  );
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const { status, body } = await send('api/clerk/session', {
      method: 'POST',
      body: { name: name.value, code: secret.value },
    });
    if (status === 200) {
      clerk = body.name;
      return desk();
    }
    const why =
      status === 429
        ? words.busy
        : words.faults[/** @type {keyof typeof words.faults} */ (body.faults?.name ?? body.faults?.code ?? 'WRONG')];
    signIn(code, why);
  };
  screen.replaceChildren(
    element('h1', null, words.title),
    element('p.lead', null, words.signInLead),
    element(
      'form.narrow',
      { submit: (/** @type {Event} */ event) => void go(event), novalidate: true },
      ...(fault === null ? [] : [element('p.fault', { role: 'alert' }, fault)]),
      element('div.row', null, element('label', { for: 'name' }, words.name), name),
      element('div.row', null, element('label', { for: 'code' }, words.code), secret),
      ...(code === null ? [] : [element('p.hint', null, words.demonstrationCode(code))]),
      element('div.foot', null, element('button.primary', { type: 'submit' }, words.signIn)),
    ),
  );
  name.focus();
}

async function desk() {
  const { status, body } = await send('api/clerk/applications');
  if (status !== 200) return void begin();
  list = body;
  draw();
}

function draw() {
  shown = draw;
  known('leave').hidden = false;
  known('leave').textContent = words.leave;
  known('who').textContent = clerk ?? '';
  const cases = list.map((one) =>
    element(
      'button',
      {
        type: 'button',
        'aria-current': one.number === open?.number ? 'true' : 'false',
        click: () => void look(one.number),
      },
      element('span', null, one.number),
      badge(one.state),
      element('time', null, time(one.receivedAt)),
    ),
  );
  screen.replaceChildren(
    element('h1.spoken', null, words.title),
    element(
      'div.desk',
      null,
      element(
        'nav.card.cases',
        { 'aria-label': words.applications },
        element(
          'div.head',
          null,
          element('h2', null, words.applications),
          element('button.secondary.small-button', { type: 'button', click: () => void desk() }, words.refresh),
        ),
        ...(cases.length === 0 ? [element('p.small', null, words.none)] : cases),
      ),
      element('div', { id: 'case' }, ...(open === null ? [element('p.small', null, words.pick)] : details())),
    ),
  );
}

/** @param {string} number @param {boolean} [again] */
async function look(number, again = false) {
  const path = `api/clerk/applications/${encodeURIComponent(number)}`;
  const { status, body } = again ? await send(`${path}/check`, { method: 'POST', body: {} }) : await send(path);
  if (status === 401) return void begin();
  if (status !== 200) return say(words.factsRefused(body.code));
  open = body;
  await desk();
  say(`${number}: ${words.states[/** @type {keyof typeof words.states} */ (stateOf(body.progress))]}`);
}

/** @param {any} progress */
const stateOf = (progress) => (progress.state === 'JUDGED' ? progress.verdict.verdict : progress.state);

/** @param {string[]} head @param {Node[]} body */
const table = (head, body) =>
  element(
    'div.scroll',
    null,
    element(
      'table',
      null,
      element('thead', null, element('tr', null, ...head.map((text) => element('th', { scope: 'col' }, text)))),
      element('tbody', null, ...body),
    ),
  );

/** @param {[string, string | Node][]} entries */
const pairs = (entries) =>
  element('dl', null, ...entries.flatMap(([term, said]) => [element('dt', null, term), element('dd', null, said)]));

function details() {
  const { progress, number } = open;
  const mayAsk = 'nextAt' in progress && progress.nextAt !== null;
  const head = element('div.head', null, element('h2', null, number), badge(stateOf(progress)));
  const again = mayAsk
    ? element('button.secondary.small-button', { type: 'button', click: () => void look(number, true) }, words.again)
    : null;
  return [verdictCard(head, again), factsCard(), formCard(), receiptCard()];
}

/** @param {HTMLElement} head @param {HTMLElement | null} again */
function verdictCard(head, again) {
  const { progress } = open;
  if (progress.state !== 'JUDGED') {
    const why =
      progress.state === 'WAITING'
        ? words.waiting(progress.for.map(department).join(words.and))
        : progress.state === 'BLOCKED'
          ? progress.code
          : words.factsHidden;
    return element('section.card', null, head, element('p', null, why), ...(again === null ? [] : [again]));
  }
  const { verdict } = progress;
  const zh = language === 'zh';
  const rows = verdict.requirements.map((/** @type {any} */ r) =>
    element(
      'tr',
      null,
      element('th', { scope: 'row' }, zh ? r.nameZh : r.nameEn),
      element(
        'td',
        null,
        element(
          `span.state${r.outcome === 'TRUE' ? '' : r.outcome === 'FALSE' ? (r.effect === 'MANDATORY' ? '.no' : '.plain') : '.wait'}`,
          null,
          words.truth[/** @type {keyof typeof words.truth} */ (r.outcome)],
        ),
      ),
      element('td', null, department(r.department)),
      element('td', null, (zh ? r.reasonZh : r.reasonEn) ?? ''),
    ),
  );
  return element(
    'section.card',
    null,
    head,
    pairs([
      [words.tier, verdict.tierZh === null ? words.empty : zh ? verdict.tierZh : verdict.tier],
      [words.asOf, verdict.asOf],
      [words.ruleSet, verdict.ruleSet],
      [words.record, progress.record ?? words.empty],
      [words.review, zh ? verdict.reviewZh : verdict.reviewEn],
    ]),
    table([words.requirement, words.outcome, words.source, words.reason], rows),
    ...(again === null ? [] : [again]),
  );
}

/** @param {(string | number)[]} path */
function label(path) {
  const keys = path.slice(1);
  const said = keys.flatMap((key, i) => {
    if (typeof key === 'number') return [];
    if (key === 'resident' || key === 'unit' || (key === 'text' && i > 0)) return [];
    const word = words.labels[/** @type {keyof typeof words.labels} */ (key)] ?? key;
    const next = keys[i + 1];
    return [typeof next === 'number' ? `${word} ${next + 1}` : word];
  });
  return said.join(' · ');
}

/** @param {string | number | boolean | string[] | null} value */
const shownValue = (value) => (Array.isArray(value) ? value.join(words.and) : String(value ?? ''));

function factsCard() {
  const { facts } = open;
  if (facts === null)
    return element('section.card', null, element('h2', null, words.facts), element('p', null, words.factsHidden));
  if (facts.refused !== undefined)
    return element(
      'section.card',
      null,
      element('h2', null, words.facts),
      element('p', null, words.factsRefused(facts.refused)),
    );
  const rows = facts.rows.map((/** @type {any} */ row) =>
    element(
      'tr',
      null,
      element('th', { scope: 'row' }, label(row.path)),
      element('td.value', null, shownValue(row.value)),
      element(
        'td',
        null,
        element(
          `span.state${row.outcome === 'SHOWN' ? '.plain' : row.outcome === 'MASKED' ? '' : '.wait'}`,
          null,
          words.outcomes[/** @type {keyof typeof words.outcomes} */ (row.outcome)],
        ),
      ),
      element('td', null, department(row.department)),
      element('td.time', null, time(row.fetchedAt)),
    ),
  );
  return element(
    'section.card',
    null,
    element('h2', null, words.facts),
    element('p.small', null, words.factsLead),
    table([words.fact, words.value, words.outcome, words.source, words.fetched], rows),
    pairs([[words.record, facts.record ?? words.empty]]),
  );
}

function formCard() {
  const { form, details: added } = open;
  if (form === null)
    return element('section.card', null, element('h2', null, words.form(0, 0)), element('p', null, words.factsHidden));
  if (form.refused !== undefined)
    return element(
      'section.card',
      null,
      element('h2', null, words.form(0, 0)),
      element('p', null, words.factsRefused(form.refused)),
    );
  const zh = language === 'zh';
  const rows = form.fields.map((/** @type {any} */ field) =>
    element(
      'tr',
      null,
      element('th', { scope: 'row' }, zh ? field.nameZh : field.nameEn),
      element('td.value', null, field.value ?? added?.[field.field] ?? ''),
      element(
        'td',
        null,
        element('span.state.plain', null, words.formStates[/** @type {keyof typeof words.formStates} */ (field.state)]),
      ),
      element('td', null, department(field.department)),
      element('td.time', null, time(field.fetchedAt)),
    ),
  );
  return element(
    'section.card',
    null,
    element('h2', null, words.form(form.filled, form.total)),
    table([words.fact, words.value, words.outcome, words.source, words.fetched], rows),
  );
}

function receiptCard() {
  const { receipt } = open;
  const head = element('h2', null, words.receipt);
  if (receipt === null) return element('section.card', null, head, element('p', null, words.receiptNone));
  if (receipt.refused !== undefined)
    return element('section.card', null, head, element('p', null, words.factsRefused(receipt.refused)));
  if (!receipt.valid)
    return element(
      'section.card',
      null,
      head,
      element('p', null, element('span.state.no', null, words.receiptInvalid(receipt.why))),
    );
  const { claims } = receipt;
  return element(
    'section.card',
    null,
    head,
    element('p', null, element('span.state', null, words.receiptValid)),
    pairs([
      [words.verdict, words.states[/** @type {keyof typeof words.states} */ (claims.verdict)]],
      [words.issued, time(claims.iat * 1000)],
      [words.record, `${claims.record.chain}/${claims.record.seq}`],
      [words.source, claims.sources.map((/** @type {any} */ source) => department(source.department)).join(words.and)],
    ]),
  );
}

async function begin() {
  open = null;
  const { body } = await send('api/clerk/session');
  clerk = body.name ?? null;
  if (clerk === null) signIn(body.code ?? null);
  else await desk();
}

function speak() {
  words = WORDS[language];
  chooseLanguage(language);
  document.title = words.title;
  known('place').textContent = words.place;
  known('language').textContent = words.language;
  shown();
}

known('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  speak();
});
known('leave').addEventListener(
  'click',
  () => void send('api/clerk/session', { method: 'DELETE', body: {} }).then(begin),
);

speak();
await begin();
