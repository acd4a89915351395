/** What a synchronous piece of work writes to the process's output, line by line as JSON. */
export function capturedOutput(work: () => void): Record<string, unknown>[] {
  const { stdout, stderr } = process;
  const writes = { stdout: stdout.write, stderr: stderr.write };
  let text = '';
  const capture = (chunk: string | Uint8Array): boolean => {
    text += chunk.toString();
    return true;
  };
  stdout.write = capture as typeof stdout.write;
  stderr.write = capture as typeof stderr.write;
  try {
    work();
  } finally {
    stdout.write = writes.stdout;
    stderr.write = writes.stderr;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
