import type { CfnResource, CfnTemplate } from './assembly.ts';
import { entryFor } from './unsupported.ts';

/** The template without what the emulator cannot take, its own account of references mended. */
export const withoutUnsupported = (template: CfnTemplate): CfnTemplate =>
  keepOnly(template, (resource) => entryFor(resource) === undefined);

/** What a reference to something left out becomes: an ARN, as policies want one. */
export const standIn = (logicalId: string): string => `arn:aws:left-out:::${logicalId}`;

/**
 * Some of the resources alone. A reference to another becomes a stand-in with its logical id, so
 * that what is deployed still says what it meant.
 */
export function keepOnly(
  template: CfnTemplate,
  keep: (resource: CfnResource) => boolean,
): CfnTemplate {
  const gone = new Set(
    Object.entries(template.Resources).flatMap(([id, resource]) => (keep(resource) ? [] : [id])),
  );
  const kept = Object.entries(template.Resources).filter(([id]) => !gone.has(id));
  const rest = { ...template, Resources: Object.fromEntries(kept) };
  return mend(rest, gone) as CfnTemplate;
}

function mend(value: unknown, gone: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((it) => mend(it, gone));
  if (typeof value !== 'object' || value === null) return value;
  const id = referenced(value as Readonly<Record<string, unknown>>);
  if (id !== undefined && gone.has(id)) return standIn(id);
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) =>
      name === 'DependsOn'
        ? [name, [it].flat().filter((dependency) => !gone.has(dependency as string))]
        : [name, mend(it, gone)],
    ),
  );
}

/** Whom a template's value refers to, if it is a reference. */
function referenced(value: Readonly<Record<string, unknown>>): string | undefined {
  const target = value['Ref'] ?? [value['Fn::GetAtt']].flat()[0];
  return typeof target === 'string' ? target : undefined;
}
