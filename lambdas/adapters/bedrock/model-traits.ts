interface ModelTraits {
  /** Answers by a JSON schema of `outputConfig`. */
  readonly nativeJsonSchema: boolean;
  /** Can be made to call one named tool. */
  readonly namedToolChoice: boolean;
  /** Can be made to call some tool. */
  readonly requiredToolChoice: boolean;
}

/** Claude from 4.5 on, however the version is written. */
const CLAUDE_4_5_ON = /anthropic\.claude-(?:[a-z]+-)?(?:4-[5-9](?!\d)|[5-9](?!\d))/;
const OPEN_WEIGHT_WITH_SCHEMA = /(?:openai\.gpt-oss|moonshot(?:ai)?\.)/;
const NAMED_TOOL = /anthropic\.|amazon\.nova/;
const REQUIRED_TOOL = /anthropic\.|amazon\.nova|mistral\./;

/**
 * What a Bedrock model can do, from its id. An application inference profile hides its model: it is
 * taken to choose tools, and Bedrock says so when it cannot.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
 */
export function modelTraits(model: string): ModelTraits {
  const hidden = model.includes(':application-inference-profile/');
  return {
    nativeJsonSchema: CLAUDE_4_5_ON.test(model) || OPEN_WEIGHT_WITH_SCHEMA.test(model),
    namedToolChoice: hidden || NAMED_TOOL.test(model),
    requiredToolChoice: hidden || REQUIRED_TOOL.test(model),
  };
}
