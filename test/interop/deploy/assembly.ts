import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { PlatformConfig } from '../../../lib/config/platform-config.ts';
import { readConfig } from '../../../lib/config/read-config.ts';
import { addStacks } from '../../../lib/stacks/platform.ts';
import { cdkContext } from '../../support/synthesized.ts';

export interface CfnResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

export interface CfnTemplate {
  readonly Resources: Record<string, CfnResource>;
}

/** Something that lies in the bootstrap's bucket before a stack is made. */
export interface Asset {
  /** A file, or a folder to be zipped. */
  readonly path: string;
  readonly folder: boolean;
  readonly bucket: string;
  readonly key: string;
}

export interface StackToDeploy {
  readonly name: string;
  readonly template: CfnTemplate;
  readonly assets: readonly Asset[];
}

interface AssetManifest {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' };
        readonly destinations: Readonly<
          Record<string, { readonly bucketName: string; readonly objectKey: string }>
        >;
      }
    >
  >;
}

/** What `cdk deploy` would read: the stacks in the order of their dependencies, bundled. */
export function assemble(
  file: string,
  changes: Partial<PlatformConfig> = {},
): readonly StackToDeploy[] {
  const app = new App({ context: cdkContext, builtinCloudFormationValidation: false });
  addStacks(app, { ...readConfig(file), ...changes });
  const { directory, stacks } = app.synth();
  return stacks.map(({ stackName, template, id }) => ({
    name: stackName,
    template: template as CfnTemplate,
    assets: assetsOf(directory, `${id}.assets.json`),
  }));
}

function assetsOf(directory: string, manifest: string): readonly Asset[] {
  const { files } = JSON.parse(readFileSync(join(directory, manifest), 'utf8')) as AssetManifest;
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ bucketName, objectKey }) => ({
      path: join(directory, source.path),
      folder: source.packaging === 'zip',
      bucket: bucketName,
      key: objectKey,
    })),
  );
}
