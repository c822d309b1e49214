/** Makes elements; text is always text, never markup. */

/**
 * @param {string} tag with classes after dots, such as `p.reason`
 * @param {Record<string, string | boolean | ((event: Event) => void)> | null} attributes functions listen; `true` and `false`
 *   set and leave out
 * @param {(Node | string | null)[]} children null is passed over
 * @returns {HTMLElement}
 */
export function element(tag, attributes = null, ...children) {
  const [name = 'div', ...classes] = tag.split('.');
  const made = document.createElement(name);
  if (classes.length > 0) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The element with that id, which the page has. @param {string} id @returns {HTMLElement} */
export function known(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Sends to this server. Whatever is no JSON answer counts as no answer.
 * @param {string} path relative to the page's base
 * @param {{ method?: string, body?: unknown }} [request]
 * @returns {Promise<{ status: number, body: any }>} status 0 where nothing came
 */
export async function send(path, { method = 'GET', body } = {}) {
  try {
    const init =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(path, { method, ...init });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: { code: 'UNREACHABLE' } };
  }
}

/** The language chosen before on this device, Chinese where none was. @returns {'zh' | 'en'} */
export function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  return (asked ?? localStorage.getItem('language')) === 'en' ? 'en' : 'zh';
}

/** @param {'zh' | 'en'} language */
export function chooseLanguage(language) {
  localStorage.setItem('language', language);
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}
