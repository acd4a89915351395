import { EndpointAccessMode, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { PlatformConfig } from '../config/platform-config.ts';

interface Settings {
  readonly securityPolicy: SecurityPolicy;
  readonly endpointAccessMode?: EndpointAccessMode;
}

interface TlsSettings {
  /** @default - what the region speaks: TLS 1.0 in most */
  readonly api?: Settings;
  readonly domain: Settings;
}

/** By either address it is the API's policy that decides, so its domain has the same. */
function both(securityPolicy: SecurityPolicy): TlsSettings {
  // Strict: a request must ask for the host that it shook hands with.
  const settings = { securityPolicy, endpointAccessMode: EndpointAccessMode.STRICT };
  return { api: settings, domain: settings };
}

/**
 * What clients must speak.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
 */
export const tlsSettings: Readonly<Record<PlatformConfig['tls'], TlsSettings>> = {
  '1.2': both(SecurityPolicy.TLS13_1_2_PQ_2025_09),
  '1.2-pfs': both(SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09),
  '1.3': both(SecurityPolicy.TLS13_1_3_2025_09),
  // https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-abp.html
  legacy: { domain: { securityPolicy: SecurityPolicy.TLS_1_2 } },
};
