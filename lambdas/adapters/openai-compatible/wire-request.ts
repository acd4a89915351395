import { type ChatRequest, maxTokensAsked } from '#core/chat/chat-request.ts';

/** Which of the two fields a server reads its output cap from. */
export type OutputCapField = 'max_tokens' | 'max_completion_tokens';

interface WireOptions {
  /** The provider's own name of the model. */
  readonly model: string;
  readonly stream: boolean;
  readonly outputCapField: OutputCapField;
  /** Newer than most servers that call themselves compatible. */
  readonly developerRole: boolean;
}

/** The request as JSON for a server that speaks the OpenAI API. A stream always asks for its usage. */
export function wireRequest(request: ChatRequest, options: WireOptions): string {
  const {
    model: _public,
    stream: _ours,
    stream_options: _usageIsAlwaysAsked,
    max_tokens: _renamed,
    max_completion_tokens: _renamedToo,
    messages,
    ...rest
  } = request;
  const cap = maxTokensAsked(request);
  return JSON.stringify({
    model: options.model,
    messages: options.developerRole
      ? messages
      : messages.map((message) =>
          message.role === 'developer' ? { ...message, role: 'system' } : message,
        ),
    ...rest,
    ...(cap === undefined ? {} : { [options.outputCapField]: cap }),
    stream: options.stream,
    ...(options.stream ? { stream_options: { include_usage: true } } : {}),
  });
}
