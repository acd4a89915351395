import { Aws, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { PlatformConfig } from '../config/platform-config.ts';

export interface IdentityProps {
  readonly config: PlatformConfig;
  readonly removalPolicy: RemovalPolicy;
}

/** Our scopes as Cognito names them: `ballast/inference`, … */
const RESOURCE_SERVER = 'ballast';
const SCOPES = {
  inference: 'call models',
  audit: 'read the audit records of the own tenant',
  admin: 'manage tenants and keys',
} as const;

/** Whose tokens are accepted: an issuer the team already has, or a user pool of our own. */
export class Identity extends Construct {
  readonly issuer: string;
  /** Absent with an issuer of the team's own. */
  readonly userPoolId?: string;
  readonly audiences: readonly string[];
  readonly tenantClaim: string | undefined;
  readonly scopePrefix: string;

  constructor(scope: Construct, id: string, { config, removalPolicy }: IdentityProps) {
    super(scope, id);
    const { issuer, audiences, tenantClaim, scopePrefix, clients } = config.identity;
    this.tenantClaim = tenantClaim;
    if (issuer !== undefined) {
      this.issuer = issuer;
      this.audiences = audiences;
      this.scopePrefix = scopePrefix;
      return;
    }
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
    });
    const server = pool.addResourceServer('Scopes', {
      identifier: RESOURCE_SERVER,
      scopes: Object.entries(SCOPES).map(scopeOf),
    });
    this.issuer = Fn.join('', [
      'https://cognito-idp.',
      Aws.REGION,
      '.',
      Aws.URL_SUFFIX,
      '/',
      pool.userPoolId,
    ]);
    this.scopePrefix = `${RESOURCE_SERVER}/`;
    this.audiences = [...audiences, ...clients.map((name) => addClient(pool, server, name))];
    if (clients.length > 0) {
      // The token endpoint lives under a domain, whose name is the one thing Cognito cannot make up.
      pool.addDomain('Domain', {
        cognitoDomain: { domainPrefix: Fn.join('-', ['ballast', Aws.ACCOUNT_ID, Aws.REGION]) },
      });
    }
    this.userPoolId = pool.userPoolId;
  }
}

const scopeOf = ([scopeName, scopeDescription]: [string, string]): ResourceServerScope =>
  new ResourceServerScope({ scopeName, scopeDescription });

/** @returns the client's id, the audience of its tokens. */
function addClient(pool: UserPool, server: UserPoolResourceServer, name: string): string {
  const scopes = (['inference', 'audit'] as const).map((scope) =>
    OAuthScope.resourceServer(server, scopeOf([scope, SCOPES[scope]])),
  );
  return pool.addClient(`Client${name}`, {
    generateSecret: true,
    oAuth: { flows: { clientCredentials: true }, scopes },
    accessTokenValidity: Duration.hours(1),
    enableTokenRevocation: true,
  }).userPoolClientId;
}
