import { App, Tags } from 'aws-cdk-lib';
import { readConfig } from '../lib/config/read-config.ts';
import { addPlatform } from '../lib/stacks/platform.ts';

const app = new App();
const file: unknown = app.node.tryGetContext('config');
const config = readConfig(typeof file === 'string' ? file : 'config/dev.json');

addPlatform(app, config);
Tags.of(app).add('application', config.name);

app.synth();
