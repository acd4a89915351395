import type { Detector } from '../detector.ts';
import { awsKey } from './aws-key.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { paymentCard } from './payment-card.ts';
import { privateKey } from './private-key.ts';

/** Every detector of the platform, by the name policies use. */
export const builtInDetectors: ReadonlyMap<string, Detector> = new Map(
  [email, paymentCard, iban, awsKey, privateKey].map((detector) => [detector.name, detector]),
);
