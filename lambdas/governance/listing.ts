import type { Page } from '#core/identity/tenant-directory.ts';

/** A page in the OpenAI API's list shape, plus `next`: send it as `?after=` for the page behind. */
export function listing<T>(page: Page<T>, toJson: (item: T) => object): object {
  return {
    object: 'list',
    data: page.items.map(toJson),
    has_more: page.next !== undefined,
    next: page.next ?? null,
  };
}
