/** The parent's page: one thing per screen. It knows only its own server. */
import { chooseLanguage, chosenLanguage, element, known, send } from './elements.js';
import { readTyped } from './input.js';
import { TIERS_EN, WORDS } from './parent-words.js';

/** @typedef {'childName' | 'childId' | 'household' | 'guardianId'} Field */

/** @type {Field[]} */
const FIELDS = ['childName', 'childId', 'household', 'guardianId'];
const DEMONSTRATION = document.documentElement.dataset.demonstration === 'true';

let language = chosenLanguage();
let words = WORDS[language];

/** What was typed so far; only here, in this page. @type {{ childName: string, childId: string, household: string | null, guardianId: string }} */
let typed = { childName: '', childId: '', household: '', guardianId: '' };
/** @type {Partial<Record<string, keyof typeof words.faults>>} */
let faults = {};
/** The application as the server last told it. @type {any} */
let application = null;
/** What is shown now. @type {() => void} */
let shown = () => start();
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

const screen = known('screen');
const back = known('back');

/**
 * Shows a screen and takes the reader to its heading.
 * @param {() => void} again draws it once more, in the other language
 * @param {{ at: string, title: string, mark?: string, before?: (() => void) | null, instead?: boolean }} head `at`: its place in
 *   the browser's history; `mark`: the sign above the title; `before`: where "back" leads; `instead`: takes the place of the one before
 * @param {...(Node | null)} children
 */
function show(again, { at, title, mark, before = null, instead = false }, ...children) {
  clearInterval(timer);
  shown = again;
  if (history.state?.at !== at) history[instead || history.state === null ? 'replaceState' : 'pushState']({ at }, '');
  const heading = element('h1', { tabindex: '-1' }, title);
  const sign = mark === undefined ? [] : [element(`div.mark.${mark}`, { 'aria-hidden': 'true' })];
  screen.replaceChildren(...sign, heading, ...children.filter((child) => child !== null));
  back.hidden = before === null;
  back.onclick = before;
  document.title = `${title} · ${words.title}`;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

// The phone's own "back" goes one question back, and never sends anything.
window.addEventListener('popstate', ({ state }) => {
  const at = state?.at;
  if (at === 'result' || at === 'details' || at === 'done') return application === null ? ask('guardianId') : result();
  const field = FIELDS.find((name) => name === at);
  if (field === undefined) start();
  else ask(field);
});

/** @param {string} text @param {() => void} act */
const primary = (text, act) => element('button.primary', { type: 'button', click: act }, text);
/** @param {string} text @param {() => void} act */
const secondary = (text, act) => element('button.secondary', { type: 'button', click: act }, text);
/** @param {string} text */
const say = (text) => {
  known('status').textContent = text;
};

function start() {
  const what = words.startWhatList.map(([who = '', which = '']) =>
    element('li', null, element('strong', null, who), element('span', null, which)),
  );
  show(
    start,
    { at: 'start', title: words.startTitle },
    element('p.lead', null, words.startLead),
    element(
      'div.foot',
      null,
      primary(words.start, () => ask('childName')),
    ),
    DEMONSTRATION ? demonstration() : null,
    element('h2', null, words.startWhat),
    element('ul.sources', null, ...what),
    element('p.small', null, words.startPromise),
  );
}

/** A choice of invented children. */
function demonstration() {
  const list = element('div.choices', null);
  void send('assets/demonstration.json').then(({ body }) => {
    for (const child of Array.isArray(body) ? body : []) {
      const fill = () => {
        const { childName, childId, household, guardianId } = child;
        typed = { childName, childId, household, guardianId };
        faults = {};
        ask('childName');
      };
      list.append(element('button.choice', { type: 'button', click: fill }, child[language]));
    }
  });
  return element(
    'details.demonstration',
    null,
    element('summary', null, words.demonstrationPick),
    element('p.small', null, words.demonstration),
    list,
  );
}

/** Asks for one field. @param {Field} field */
function ask(field) {
  const { label, hint } = words.fields[field];
  const at = FIELDS.indexOf(field);
  const fault = faults[field];
  const id = field === 'childId' || field === 'guardianId';
  const count = element('span.count', { 'aria-hidden': 'true' });
  const input = /** @type {HTMLInputElement} */ (
    element('input', {
      id: 'answer',
      name: field,
      type: 'text',
      autocomplete: 'off',
      autocapitalize: id ? 'characters' : 'off',
      spellcheck: 'false',
      inputmode: field === 'household' ? 'numeric' : 'text',
      maxlength: '60',
      'aria-describedby': fault === undefined ? 'hint' : 'fault hint',
      'aria-invalid': fault === undefined ? 'false' : 'true',
      input: () => counted(),
    })
  );
  const counted = () => {
    const n = input.value.replace(/\s/g, '').length;
    count.textContent = id && n > 0 && n !== 18 ? words.digits(n) : '';
  };
  input.value = typed[field] ?? '';
  counted();
  const none =
    field === 'household' ? element('input', { type: 'checkbox', id: 'none', change: () => toggled() }) : null;
  const toggled = () => {
    if (none !== null) input.disabled = /** @type {HTMLInputElement} */ (none).checked;
  };
  if (none !== null) /** @type {HTMLInputElement} */ (none).checked = typed.household === null;
  toggled();
  const last = at === FIELDS.length - 1;
  const go = (/** @type {Event} */ event) => {
    event.preventDefault();
    const without = none !== null && /** @type {HTMLInputElement} */ (none).checked;
    if (field === 'household') typed.household = without ? null : input.value;
    else typed[field] = input.value;
    delete faults[field];
    const checked = readTyped(typed);
    if (!checked.ok && checked.faults[field] !== undefined) {
      faults[field] = checked.faults[field];
      ask(field);
      return;
    }
    const next = FIELDS[at + 1];
    if (next === undefined) void check();
    else ask(next);
  };
  const before = FIELDS[at - 1];
  show(
    () => {
      if (field !== 'household' || typed.household !== null) typed[field] = input.value;
      ask(field);
    },
    { at: field, title: label, before: before === undefined ? start : () => ask(before) },
    element('p.step', null, words.step(at + 1, FIELDS.length)),
    element(
      'form',
      { submit: go, novalidate: true },
      element('label.spoken', { for: 'answer' }, label),
      fault === undefined ? null : element('p.fault', { id: 'fault' }, words.faults[fault]),
      input,
      element('p.hint', { id: 'hint' }, hint, count),
      none === null ? null : element('label.tick', { for: 'none' }, none, element('span', null, words.noHousehold)),
      element('div.foot', null, element('button.primary', { type: 'submit' }, last ? words.submit : words.next)),
    ),
  );
  // A reader hears the question and its fault with the field; the heading says the same.
  if (!input.disabled) input.focus({ preventScroll: true });
  if (fault !== undefined) say(words.faults[fault]);
}

/** Sends what was typed, and shows what became of it. */
async function check() {
  asking();
  const answer = await send('api/applications', { method: 'POST', body: typed });
  if (answer.status === 422) return wrong(answer.body.faults);
  if (answer.status !== 200) return offline(answer);
  application = answer.body;
  result();
}

/** Goes to the first field at fault. @param {typeof faults} found */
function wrong(found) {
  faults = found;
  ask(FIELDS.find((field) => found[field] !== undefined) ?? 'childName');
}

function asking() {
  const who = Object.entries(words.departments).filter(([code]) => code !== 'PLATFORM' && code !== 'GATEWAY');
  show(
    asking,
    { at: 'result', title: words.askingTitle },
    element('p.lead', { role: 'status' }, words.askingLead),
    element('ul.asking', { 'aria-hidden': 'true' }, ...who.map(([, name]) => element('li', null, name))),
  );
}

/** @param {{ status: number, body: any }} answer */
function offline(answer) {
  const redraw = () => offline(answer);
  const lead = answer.status === 429 ? words.busy : words.offlineLead;
  show(
    redraw,
    { at: 'result', title: words.offlineTitle, before: () => ask('guardianId') },
    element('p.lead', null, lead),
    element(
      'div.foot',
      null,
      primary(words.retry, () => void check()),
    ),
  );
}

function result() {
  switch (application.state) {
    case 'WAITING':
    case 'PENDING':
      return waiting();
    case 'UNCONFIRMED':
      return wrong(application.faults);
    case 'BLOCKED':
      return show(
        result,
        { at: 'result', title: words.blockedTitle },
        element('p.lead', null, words.blockedLead),
        element('p.code', null, `${application.code} · ${application.number}`),
        again(),
      );
    default:
      return application.submitted ? done() : verdict();
  }
}

function waiting() {
  const names = application.waitingFor
    .map((/** @type {keyof typeof words.departments} */ code) => words.departments[code] ?? code)
    .join(words.and);
  let left = Math.min(application.nextInSeconds ?? 5, 600);
  const next = element('p.next', null, words.waitingNext(left));
  show(
    waiting,
    { at: 'result', title: words.waitingTitle, mark: 'wait' },
    element('p.lead', { role: 'status' }, words.waitingLead(names)),
    next,
    element('p.small', null, words.waitingKeep),
    element('p.code', null, `${words.number} ${application.number}`),
  );
  timer = setInterval(() => {
    left -= 1;
    next.textContent = left > 0 ? words.waitingNext(left) : words.waitingChecking;
    if (left === 0) void askAgain();
    // An answer that never came: the next round.
    if (left < -30) left = 5;
  }, 1000);
}

async function askAgain() {
  const { status, body } = await send('api/application');
  if (status === 200 && body.state !== 'NONE') application = body;
  else if (status === 200 || status === 404) return start();
  else application = { ...application, nextInSeconds: 10 };
  result();
}

const MARKS = /** @type {const} */ ({ TRUE: '✓', FALSE: '✕', UNKNOWN: '?' });

function verdict() {
  const kind = /** @type {keyof typeof words.verdicts} */ (application.state);
  const { title, lead } = words.verdicts[kind];
  const { verdict: given } = application;
  const zh = language === 'zh';
  /** @type {any[]} */
  const requirements = given.requirements;
  const advice = requirements
    .filter((r) => r.effect === 'ADVISORY' && r.outcome !== 'TRUE')
    .map((r) => (zh ? r.reasonZh : r.reasonEn));
  /** @type {string[]} */
  const reasons = (zh ? given.reasonsZh : given.reasonsEn).filter(
    (/** @type {string} */ reason) => !advice.includes(reason),
  );
  const tier = given.tier === null ? null : zh ? given.tierZh : (TIERS_EN[given.tier] ?? given.tier);
  const points = requirements.map((r) =>
    element(
      `li.${r.outcome.toLowerCase()}`,
      null,
      element('span.sign', { 'aria-hidden': 'true' }, MARKS[/** @type {keyof typeof MARKS} */ (r.outcome)]),
      element('span.name', null, zh ? r.nameZh : r.nameEn),
      element('span.said', null, words.outcomes[/** @type {keyof typeof words.outcomes} */ (r.outcome)]),
    ),
  );
  show(
    verdict,
    { at: 'result', title, mark: kind.toLowerCase() },
    element('p.lead', { role: 'status' }, lead),
    tier === null ? null : element('p.tier', null, element('span', null, words.tier), element('strong', null, tier)),
    reasons.length === 0
      ? null
      : element(
          'section.reasons',
          null,
          element('h2', null, words.why),
          ...reasons.map((reason) => element('p', null, reason)),
        ),
    advice.length === 0
      ? null
      : element(
          'section.advice',
          null,
          element('h2', null, words.also),
          ...advice.map((text) => element('p', null, text)),
        ),
    kind === 'APPROVED' ? formLeft() : null,
    kind === 'APPROVED'
      ? null
      : element(
          'section',
          null,
          element('h2', null, words.human),
          element('p', null, zh ? given.reviewZh : given.reviewEn),
        ),
    element('details', null, element('summary', null, words.checked), element('ul.points', null, ...points)),
    element('p.code', null, `${words.number} ${application.number}`),
    element(
      'p',
      null,
      element('a', { href: 'api/application/receipt', download: `${application.number}.jws` }, words.receipt),
      application.record === null ? null : element('span.small', null, ` ${words.receiptHint(application.record)}`),
    ),
    again(),
  );
}

/** What of the form is filled and what is left. */
function formLeft() {
  /** @type {any[]} */
  const form = application.form ?? [];
  if (form.length === 0) return element('div.foot', null, primary(words.finish, details));
  const filled = form.filter((field) => field.state === 'FILLED' || field.state === 'MASKED');
  const typedOnes = form.length - filled.length;
  return element(
    'section.form',
    null,
    element('h2', null, words.formTitle(form.length, typedOnes)),
    element('p.small', null, words.formLead),
    element(
      'ul.filled',
      null,
      ...filled.map((field) => element('li', null, language === 'zh' ? field.nameZh : field.nameEn)),
    ),
    element('div.foot', null, primary(words.finish, details)),
  );
}

/** The last fields. */
function details() {
  /** @type {Record<string, keyof typeof words.faults>} */
  let found = {};
  /** @type {Record<string, string>} */
  const values = { school: '', guardianPhone: '' };
  const draw = () => {
    const row = (/** @type {'school' | 'guardianPhone'} */ name) => {
      const fault = found[name];
      const input = /** @type {HTMLInputElement} */ (
        element('input', {
          id: name,
          name,
          type: name === 'guardianPhone' ? 'tel' : 'text',
          autocomplete: name === 'guardianPhone' ? 'tel' : 'off',
          maxlength: '60',
          'aria-invalid': fault === undefined ? 'false' : 'true',
          'aria-describedby': `${name}-said`,
          input: () => {
            values[name] = input.value;
          },
        })
      );
      input.value = values[name] ?? '';
      const said =
        fault === undefined
          ? element('p.hint', { id: `${name}-said` }, words.fields[name].hint)
          : element('p.fault', { id: `${name}-said` }, words.faults[fault]);
      return element('div.row', null, element('label', { for: name }, words.fields[name].label), input, said);
    };
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const answer = await send('api/application/details', { method: 'POST', body: values });
      if (answer.status === 422) {
        found = answer.body.faults;
        draw();
        const first = document.querySelector('[aria-invalid="true"]');
        if (first instanceof HTMLElement) first.focus();
        return;
      }
      if (answer.status !== 200) return say(words.offlineLead);
      application = answer.body;
      done();
    };
    show(
      draw,
      { at: 'details', title: words.finish, before: verdict },
      element(
        'form',
        { submit: (/** @type {Event} */ event) => void submit(event), novalidate: true },
        row('school'),
        row('guardianPhone'),
        element('div.foot', null, element('button.primary', { type: 'submit' }, words.send)),
      ),
    );
  };
  draw();
}

function done() {
  show(
    done,
    { at: 'done', title: words.doneTitle, mark: 'approved', instead: true },
    element('p.lead', { role: 'status' }, words.doneLead),
    element('p.code', null, `${words.number} ${application.number}`),
    again(),
  );
}

/** The ways on from an end: the same child corrected, or another. */
function again() {
  const over = async (/** @type {boolean} */ keep) => {
    await send('api/application', { method: 'DELETE', body: {} });
    application = null;
    faults = {};
    if (!keep) typed = { childName: '', childId: '', household: '', guardianId: '' };
    if (keep) ask('childName');
    else start();
  };
  const mayCorrect = application !== null && application.state !== 'APPROVED' && typed.childId !== '';
  return element(
    'div.ways',
    null,
    mayCorrect ? secondary(words.correct, () => void over(true)) : null,
    secondary(words.again, () => void over(false)),
  );
}

function speak() {
  words = WORDS[language];
  chooseLanguage(language);
  known('place').textContent = words.place;
  known('language').textContent = words.language;
  back.textContent = `‹ ${words.back}`;
  shown();
}

known('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  speak();
});

speak();
const before = await send('api/application');
if (before.status === 200 && before.body.state !== 'NONE') {
  application = before.body;
  result();
}
