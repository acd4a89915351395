import { Duration } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnRestApi,
  Cors,
  EndpointType,
  IdentitySource,
  JsonSchemaType,
  JsonSchemaVersion,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodOptions,
  type Model,
  RequestAuthorizer,
  type RequestValidator,
  ResponseTransferMode,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  ALLOWED_REQUEST_HEADERS,
  type DoorName,
  type Endpoint,
  EXPOSED_HEADERS,
  endpoints,
} from '../../lambdas/edge/contract.ts';
import type { PlatformConfig } from '../config/platform-config.ts';
import type { Doors } from './doors.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { tlsSettings } from './tls-settings.ts';

export interface GatewayApiProps {
  readonly config: PlatformConfig;
  readonly doors: Doors;
  readonly accessLogs: ILogGroup;
}

const STAGE_NAME = 'api';

/** What is logged of a request: never its query, its headers or its body. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.resourcePath',
  status: '$context.status',
  principal: '$context.authorizer.principalId',
  ip: '$context.identity.sourceIp',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  responseBytes: '$context.responseLength',
  error: '$context.error.responseType',
};

const TIMEOUTS: Readonly<Record<DoorName, Duration>> = {
  gateway: Duration.minutes(15),
  guardrail: Duration.seconds(29),
  governance: Duration.seconds(29),
  portal: Duration.seconds(29),
};

/** The REST API in front of the doors: regional, because only there a stream may fall silent for minutes. */
export class GatewayApi extends Construct {
  readonly api: RestApi;
  readonly #authorizer: RequestAuthorizer;
  readonly #validator: RequestValidator;
  readonly #chatModel: Model;
  readonly #integrations: ReadonlyMap<DoorName, LambdaIntegration>;

  constructor(scope: Construct, id: string, { config, doors, accessLogs }: GatewayApiProps) {
    super(scope, id);
    const { allowedOrigins, apiLogRole, name, throttle, tls } = config;
    this.api = new RestApi(this, 'Api', {
      // Its metrics go by this name: another API in the account must not count into them.
      restApiName: name,
      description: 'Ballast: governed access to language models',
      endpointConfiguration: { types: [EndpointType.REGIONAL] },
      // Without one in the account, a stage with access logs cannot be made.
      cloudWatchRole: apiLogRole,
      deployOptions: {
        stageName: STAGE_NAME,
        accessLogDestination: new LogGroupLogDestination(accessLogs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
        throttlingRateLimit: throttle.requestsPerSecond,
        throttlingBurstLimit: throttle.burst,
        metricsEnabled: false,
      },
      ...(allowedOrigins.length === 0
        ? {}
        : {
            defaultCorsPreflightOptions: {
              allowOrigins: [...allowedOrigins],
              allowHeaders: [...ALLOWED_REQUEST_HEADERS],
              allowMethods: Cors.ALL_METHODS,
              exposeHeaders: [...EXPOSED_HEADERS],
              maxAge: Duration.minutes(10),
            },
          }),
    });
    this.#speakOnly(tls);
    this.#authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: doors.authorizer.callable,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.seconds(10),
    });
    this.#validator = this.api.addRequestValidator('Bodies', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    this.#chatModel = this.api.addModel('ChatRequest', {
      contentType: 'application/json',
      description: 'the least a chat completion request must be; the gateway checks the rest',
      schema: {
        schema: JsonSchemaVersion.DRAFT4,
        type: JsonSchemaType.OBJECT,
        required: ['model', 'messages'],
        properties: {
          model: { type: JsonSchemaType.STRING },
          messages: { type: JsonSchemaType.ARRAY },
        },
      },
    });
    const names = Object.keys(TIMEOUTS) as DoorName[];
    this.#integrations = new Map(names.map((door) => [door, integrationOf(door, doors)]));
    for (const endpoint of endpoints) this.#add(endpoint);
    addGatewayResponses(this.api, allowedOrigins);
  }

  /** Requests that reached the stage, whatever became of them. */
  metricRequests(options: MetricOptions = {}): Metric {
    return this.#metric('Count', options);
  }

  /** Answers with a status of 500 or more, API Gateway's own among them. */
  metricServerErrors(options: MetricOptions = {}): Metric {
    return this.#metric('5XXError', options);
  }

  /**
   * By the stage's name and not by the stage, as CDK would: the stage waits for the aliases, an alias
   * for its rollout, and the rollout for its alarms.
   */
  #metric(metricName: string, options: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiName: this.api.restApiName, Stage: STAGE_NAME },
      ...options,
    });
  }

  /** Only the generated class of an API knows of TLS. */
  #speakOnly(tls: PlatformConfig['tls']): void {
    const { api: settings } = tlsSettings[tls];
    if (settings === undefined) return;
    const api = this.api.node.defaultChild as CfnRestApi;
    api.securityPolicy = settings.securityPolicy;
    if (settings.endpointAccessMode !== undefined) {
      api.endpointAccessMode = settings.endpointAccessMode;
    }
  }

  #add(endpoint: Endpoint): void {
    const resource = this.api.root.resourceForPath(endpoint.path);
    const integration = this.#integrations.get(endpoint.door);
    if (integration === undefined) throw new Error(`no function opens the door '${endpoint.door}'`);
    resource.addMethod(endpoint.method, integration, {
      ...(endpoint.authorized
        ? { authorizationType: AuthorizationType.CUSTOM, authorizer: this.#authorizer }
        : { authorizationType: AuthorizationType.NONE }),
      ...this.#validation(endpoint),
    });
  }

  #validation({ method, path }: Endpoint): MethodOptions {
    const requestValidator = this.#validator;
    return method === 'POST' && path === '/v1/chat/completions'
      ? { requestValidator, requestModels: { 'application/json': this.#chatModel } }
      : { requestValidator };
  }
}

const integrationOf = (door: DoorName, doors: Doors): LambdaIntegration =>
  new LambdaIntegration(doors.of(door).callable, {
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: TIMEOUTS[door],
    scopePermissionToMethod: false,
  });
