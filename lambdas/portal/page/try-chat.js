import { readEvents } from './read-events.js';

/** The box that streams a chat: plain `fetch`, nothing kept between two answers but the key. */

const api = (path) => new URL(path, new URL('.', location.href)).href;
const byId = (id) => document.getElementById(id);

const form = byId('chat');
const keyField = byId('key');
const modelPicker = byId('model');
const promptField = byId('prompt');
const sendButton = byId('send');
const stopButton = byId('stop');
const answer = byId('answer');
const failure = byId('failure');
const facts = byId('facts');
const state = byId('state');

/** The request under way; one at a time. */
let running;
/** The key whose models are in the picker. */
let listedFor = '';

const authorization = () => ({ authorization: `Bearer ${keyField.value.trim()}` });

/** An answer that is not the one hoped for, with what its error object says. */
class ApiError extends Error {
  constructor(error, response) {
    super(error?.message ?? 'the answer is not one this page understands');
    this.code = error?.code ?? '';
    this.status = response?.status;
    this.requestId = response?.headers.get('x-request-id');
  }
}

async function ensureOk(response) {
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new ApiError(body.error, response);
}

async function listModels() {
  const key = keyField.value.trim();
  if (key === '' || key === listedFor) return;
  clear();
  try {
    const response = await ensureOk(await fetch(api('v1/models'), { headers: authorization() }));
    const { data } = await response.json();
    modelPicker.replaceChildren(...data.map(({ id }) => new Option(id, id)));
    modelPicker.disabled = data.length === 0;
    listedFor = key;
    state.textContent = `${data.length} models to choose from.`;
  } catch (error) {
    showFailure(error);
  }
}

async function send() {
  clear();
  running = new AbortController();
  setBusy(true);
  state.textContent = 'Waiting for the first words …';
  let response;
  try {
    response = await fetch(api('v1/chat/completions'), {
      method: 'POST',
      headers: { ...authorization(), 'content-type': 'application/json' },
      body: JSON.stringify({
        model: modelPicker.value,
        messages: [{ role: 'user', content: promptField.value }],
        stream: true,
        stream_options: { include_usage: true },
      }),
      signal: running.signal,
    });
    showHeaders(response);
    await ensureOk(response);
    await showStream(response);
  } catch (error) {
    if (error.name === 'AbortError') state.textContent = 'Stopped.';
    else showFailure(error, response);
  } finally {
    running = undefined;
    setBusy(false);
  }
}

async function showStream(response) {
  let finish = '';
  for await (const data of readEvents(response.body)) {
    if (data === '[DONE]') {
      state.textContent = `Done${finish === '' ? '' : `: ${finish}`}.`;
      return;
    }
    const chunk = JSON.parse(data);
    if (chunk.error) throw new ApiError(chunk.error, response);
    finish = showChunk(chunk) ?? finish;
  }
  throw new ApiError({ message: 'the stream ended before its end', code: 'no [DONE]' }, response);
}

/** The reason the answer ended, where the chunk says it. */
function showChunk({ choices, usage, guardrail }) {
  const [choice] = choices;
  const { content, refusal, tool_calls: calls = [] } = choice?.delta ?? {};
  const said = content ?? refusal ?? '';
  const called = calls.map((call) => (call.function.name ?? '') + call.function.arguments);
  append(said + called.join(''));
  if (usage) {
    const { prompt_tokens: prompt, completion_tokens: completion, usage_source: source } = usage;
    showFact('usage', `${prompt} + ${completion} tokens (${source})`);
  }
  if (guardrail) showFact('guardrail', guardrail.verdict);
  return choice?.finish_reason;
}

function append(text) {
  if (text === '') return;
  answer.append(text);
  state.textContent = 'Answering …';
}

const SHOWN = /^(x-request-id|x-ballast-.*|x-ratelimit-.*|retry-after)$/;

function showHeaders(response) {
  showFact('status', String(response.status));
  for (const [name, value] of response.headers) if (SHOWN.test(name)) showFact(name, value);
}

function showFact(name, value) {
  const row = document.createElement('div');
  const term = document.createElement('dt');
  const detail = document.createElement('dd');
  term.textContent = name;
  detail.textContent = value;
  row.append(term, detail);
  facts.append(row);
}

function showFailure(error, response) {
  const known = error instanceof ApiError;
  const where = known ? `${error.status ?? ''} ${error.code}`.trim() : 'no answer';
  const id = known ? error.requestId : response?.headers.get('x-request-id');
  failure.textContent = `${where}: ${error.message}${id ? `\nrequest ${id}` : ''}`;
  failure.hidden = false;
  state.textContent = answer.textContent === '' ? '' : 'Broken off.';
}

function clear() {
  answer.replaceChildren();
  facts.replaceChildren();
  failure.hidden = true;
  failure.textContent = '';
  state.textContent = '';
}

function setBusy(busy) {
  sendButton.disabled = busy;
  stopButton.disabled = !busy;
  answer.setAttribute('aria-busy', String(busy));
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  await listModels();
  if (running === undefined && modelPicker.value !== '') await send();
});
keyField.addEventListener('change', listModels);
stopButton.addEventListener('click', () => running?.abort());
