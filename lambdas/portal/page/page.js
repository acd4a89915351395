/** What the page can only know in the browser: where it is, and which colours are wanted. */

const base = new URL('.', location.href);
const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname);
const byId = (id) => document.getElementById(id);

const key = isLocal ? 'sk-local-demo' : '$BALLAST_KEY';
const model = isLocal ? 'simulated/lorem' : 'chat-default';

byId('base-url').textContent = new URL('v1', base).href;
byId('local-note').hidden = !isLocal;
byId('curl').textContent = `curl -N ${new URL('v1/chat/completions', base).href} \\
  -H "authorization: Bearer ${key}" \\
  -H "content-type: application/json" \\
  -d '{"model":"${model}","stream":true,"messages":[{"role":"user","content":"Ahoy"}]}'`;

for (const button of document.querySelectorAll('[data-copies]')) {
  button.addEventListener('click', () => copy(button.dataset.copies));
}

async function copy(id) {
  const source = byId(id);
  try {
    await navigator.clipboard.writeText(source.textContent);
    byId('copied').textContent = 'Copied.';
  } catch {
    // No clipboard outside secure contexts: the text is at least selected.
    getSelection().selectAllChildren(source);
    byId('copied').textContent = 'Selected; press Ctrl+C or ⌘C.';
  }
}

const COLOURS = {
  light: {
    'bg-color': '#fbfaf7',
    'text-color': '#1d2429',
    'header-color': '#1d2429',
    'primary-color': '#0b5d6b',
    'secondary-color': '#0b5d6b',
    'nav-bg-color': '#eef0ec',
    'nav-text-color': '#1d2429',
    'nav-hover-bg-color': '#dde3df',
    'nav-hover-text-color': '#0b5d6b',
  },
  dark: {
    'bg-color': '#14181c',
    'text-color': '#e6e9eb',
    'header-color': '#e6e9eb',
    'primary-color': '#6cc5d4',
    'secondary-color': '#6cc5d4',
    'nav-bg-color': '#1b2127',
    'nav-text-color': '#e6e9eb',
    'nav-hover-bg-color': '#2a333b',
    'nav-hover-text-color': '#6cc5d4',
  },
};

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The renderer reads its attributes once, so another colour scheme is another element. */
function showReference() {
  const explorer = document.createElement('openapi-explorer');
  const attributes = {
    'spec-url': new URL('openapi.json', base).href,
    'server-url': base.href.replace(/\/$/, ''),
    'hide-server-selection': 'true',
    'hide-components': 'true',
    collapse: 'true',
    ...COLOURS[dark.matches ? 'dark' : 'light'],
  };
  for (const [name, value] of Object.entries(attributes)) explorer.setAttribute(name, value);
  byId('explorer').replaceChildren(explorer);
  stayOnTop(explorer);
}

/** The renderer scrolls to itself once it has loaded; here it is not the first thing to see. */
function stayOnTop(explorer) {
  const { scrollTo } = explorer;
  let asked = location.hash.includes('route=');
  const ask = () => {
    asked = true;
  };
  explorer.addEventListener('click', ask, { capture: true, once: true });
  addEventListener('hashchange', ask, { once: true });
  explorer.scrollTo = async (id, ...rest) => {
    if (asked) await scrollTo.call(explorer, id, ...rest);
    else explorer.explorerLocation = id;
  };
}

await customElements.whenDefined('openapi-explorer');
dark.addEventListener('change', showReference);
showReference();
