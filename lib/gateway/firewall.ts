import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface FirewallProps {
  /** ARN of the API's stage. */
  readonly stageArn: string;
}

/** Requests from one address in five minutes, far above any honest client behind one NAT. */
const MOST_FROM_ONE_ADDRESS = 20_000;

/**
 * AWS WAF in front of the stage. Rules that look at bodies only count: prompts contain code, markup
 * and SQL, and the guardrail judges them better.
 */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { stageArn }: FirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibilityOf('Acl'),
      rules: [
        {
          name: 'Rate',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: { limit: MOST_FROM_ONE_ADDRESS, aggregateKeyType: 'IP' },
          },
          visibilityConfig: visibilityOf('Rate'),
        },
        managedRule('AWSManagedRulesAmazonIpReputationList', 1, 'enforce'),
        managedRule('AWSManagedRulesKnownBadInputsRuleSet', 2, 'enforce'),
        managedRule('AWSManagedRulesCommonRuleSet', 3, 'count'),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: stageArn,
      webAclArn: acl.attrArn,
    });
  }
}

/** Rules of the known bad inputs that look at the body. */
const BODY_RULES = ['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY', 'ReactJSRCE_BODY'];

const managedRule = (
  name: string,
  priority: number,
  mode: 'enforce' | 'count',
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: mode === 'enforce' ? { none: {} } : { count: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ...(name === 'AWSManagedRulesKnownBadInputsRuleSet'
        ? {
            ruleActionOverrides: BODY_RULES.map((rule) => ({
              name: rule,
              actionToUse: { count: {} },
            })),
          }
        : {}),
    },
  },
  visibilityConfig: visibilityOf(name),
});

const visibilityOf = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  // Sampled requests would keep prompts in yet another place.
  sampledRequestsEnabled: false,
});
