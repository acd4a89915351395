import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { DomainName, EndpointType } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { PlatformConfig } from '../config/platform-config.ts';
import { Doors } from '../gateway/doors.ts';
import { Firewall } from '../gateway/firewall.ts';
import { GatewayApi } from '../gateway/gateway-api.ts';
import { Identity } from '../gateway/identity.ts';
import { tlsSettings } from '../gateway/tls-settings.ts';
import { Alarms } from '../operations/alarms.ts';
import { OnCallTopic } from '../operations/on-call-topic.ts';
import { ServiceDashboard } from '../operations/service-dashboard.ts';
import type { DataStack } from './data-stack.ts';

export interface GatewayStackProps extends StackProps {
  readonly config: PlatformConfig;
  readonly data: DataStack;
}

/** The API, its doors, and what on-call needs of them. Of these only the user pool holds state. */
export class GatewayStack extends Stack {
  readonly doors: Doors;
  readonly api: GatewayApi;

  constructor(scope: Construct, id: string, { config, data, ...props }: GatewayStackProps) {
    super(scope, id, { terminationProtection: config.retainData, ...props });
    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const { encryptionKey } = data;
    const key = encryptionKey === undefined ? {} : { encryptionKey: encryptionKey as IKey };
    const identity = new Identity(this, 'Identity', { config, removalPolicy });
    this.doors = new Doors(this, 'Doors', {
      config,
      tables: data.tables,
      spillQueue: data.spillQueue,
      identity,
      logRetention: config.logDays,
      removalPolicy,
      ...key,
    });
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: config.logDays,
      removalPolicy,
      ...key,
    });
    this.api = new GatewayApi(this, 'Gateway', { config, doors: this.doors, accessLogs });
    if (config.firewall) {
      new Firewall(this, 'Firewall', { stageArn: this.api.api.deploymentStage.stageArn });
    }
    this.#reconcile();
    this.#watch(config, encryptionKey);
    this.#name(config);
    new CfnOutput(this, 'ApiUrl', { value: this.api.api.url });
    if (identity.userPoolId !== undefined) {
      new CfnOutput(this, 'UserPoolId', { value: identity.userPoolId });
    }
  }

  #reconcile(): void {
    new Schedule(this, 'ReconcilerSchedule', {
      description: 'settles reservations of requests that died',
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      target: new LambdaInvoke(this.doors.reconciler.callable, {
        maxEventAge: Duration.minutes(5),
        retryAttempts: 0,
      }),
    });
  }

  #watch(config: PlatformConfig, encryptionKey: IKey | undefined): void {
    const { gateway, reconciler } = this.doors;
    const topic = this.#topic(config.alarms.email, encryptionKey);
    const alarms = new Alarms(this, 'Alarms', {
      name: config.name,
      api: this.api,
      gateway,
      reconciler,
      ...(topic === undefined ? {} : { topic }),
    });
    new ServiceDashboard(this, 'Service', { name: config.name, alarms: alarms.all });
    if (!config.canary) return;
    new LambdaDeploymentGroup(this, 'GatewayRollout', {
      alias: gateway.alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [...alarms.rollback] as IAlarm[],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  #topic(email: string | undefined, encryptionKey: IKey | undefined): ITopic | undefined {
    if (email === undefined) return undefined;
    return new OnCallTopic(this, 'OnCall', {
      email,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    }).topic;
  }

  #name({ domain, tls }: PlatformConfig): void {
    if (domain === undefined) return;
    const name = new DomainName(this, 'Domain', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      endpointType: EndpointType.REGIONAL,
      ...tlsSettings[tls].domain,
    });
    name.addBasePathMapping(this.api.api, { attachToStage: true });
    new CfnOutput(this, 'DomainTarget', { value: name.domainNameAliasDomainName });
  }
}
