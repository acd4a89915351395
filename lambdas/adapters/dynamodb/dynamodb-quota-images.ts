import type { QuotaImage, QuotaItemKey } from './dynamodb-quota-item.ts';

const MOST_IMAGES = 1_000;

/** What this process last saw of each quota item; of those touched longest ago it forgets first. */
export class QuotaImages {
  readonly #images = new Map<string, QuotaImage>();

  of(key: QuotaItemKey): QuotaImage | undefined {
    return this.#images.get(nameOf(key));
  }

  keep(key: QuotaItemKey, image: QuotaImage): void {
    const name = nameOf(key);
    this.#images.delete(name);
    this.#images.set(name, image);
    if (this.#images.size <= MOST_IMAGES) return;
    const [oldest] = this.#images.keys();
    if (oldest !== undefined) this.#images.delete(oldest);
  }
}

const nameOf = ({ tenantId, month, keyId }: QuotaItemKey): string =>
  `${tenantId}#${month}#${keyId ?? ''}`;
