import type { Noun } from '../command.ts';
import { fields } from '../output.ts';

/** What has been spent: `ballast usage`. */
export const addUsage: Noun = (program, context) => {
  program
    .command('usage')
    .description("requests, tokens and cost of the credential's tenant this month (UTC)")
    .action(async () => {
      const usage = await context.api().request('GET', 'v1/usage');
      const { object: _, ...members } = usage;
      context.output().result(usage, fields(members));
    });
};
