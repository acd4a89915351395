import type { Noun } from '../command.ts';
import { fields } from '../output.ts';

/** What happened: `ballast audit …`. */
export const addAudit: Noun = (program, context) => {
  const audit = program.command('audit').description('the account of every inference');
  audit
    .command('show <id>')
    .description('one record of your own tenant, by the x-request-id of its answer')
    .action(async (id: string) => {
      const record = await context.api().request('GET', `v1/audit/${encodeURIComponent(id)}`);
      const { object: _, ...members } = record;
      context.output().result(record, fields(members));
    });
};
