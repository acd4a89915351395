import type { Resource } from './synthesized.ts';

/**
 * The first circle among the resources of one stack, by logical id, or undefined.
 *
 * CDK's own check reads properties and `DependsOn`. CloudFormation reads `UpdatePolicy` too: there an
 * alias waits for its deployment group, and with it for the alarms that turn a deployment back.
 */
export function circularDependency(
  resources: Readonly<Record<string, Resource>>,
): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const next of dependenciesOf(resources[id], resources)) {
      const circle = visit(next, [...way, id]);
      if (circle !== undefined) return circle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(resources)) {
    const circle = visit(id, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** Every resource that is referred to, wherever it is. `Fn::Sub` with names in its text is not read. */
function* dependenciesOf(
  value: unknown,
  resources: Readonly<Record<string, Resource>>,
): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const named = {
      Ref: [inner],
      'Fn::GetAtt': [inner].flat().slice(0, 1),
      DependsOn: [inner].flat(),
    };
    const ids: readonly unknown[] = named[key as keyof typeof named] ?? [];
    yield* ids.filter((id): id is string => typeof id === 'string' && id in resources);
    yield* dependenciesOf(inner, resources);
  }
}
