/** One item whose turn it is. */
export interface Turn<Item> {
  readonly item: Item;
  /** Must be called once the item is done. */
  end(): void;
}

interface Queue<Item> {
  readonly hosts: readonly string[];
  /** In their order; the first `taken` have had their turn. */
  readonly items: Item[];
  taken: number;
  /** How many have had their turn in all. */
  begun: number;
}

/** What has had its turn is let go of in batches of this size. */
const mostTaken = 100;

/**
 * Whose turn it is among images for several hosts: the next one goes where the fewest are under way, then where the
 * fewest were begun. So a host that keeps its images waiting holds no more than its share of the places while others
 * have something to do, and all of them once it is alone. Images for one host keep their order.
 */
export class Turns<Item> {
  readonly #queues = new Map<string, Queue<Item>>();
  readonly #hostsOf: (item: Item) => readonly string[];
  readonly #underWay = new Map<string, number>();

  /** `hostsOf` names the hosts that an item keeps busy. */
  constructor(items: readonly Item[], hostsOf: (item: Item) => readonly string[]) {
    this.#hostsOf = hostsOf;
    for (const item of items) this.add(item);
  }

  /** One more item, behind those that go to the same hosts. */
  add(item: Item): void {
    const hosts = [...new Set(this.#hostsOf(item))].toSorted();
    const key = hosts.join(' ');
    const queue = this.#queues.get(key) ?? { hosts, items: [], taken: 0, begun: 0 };
    queue.items.push(item);
    this.#queues.set(key, queue);
  }

  /** The next item; undefined when all have been taken. */
  take(): Turn<Item> | undefined {
    let best: Queue<Item> | undefined;
    for (const queue of this.#queues.values()) {
      if (queue.taken < queue.items.length && (best === undefined || this.#goesBefore(queue, best))) best = queue;
    }
    const item = best?.items[best.taken];
    if (best === undefined || item === undefined) return undefined;
    best.begun++;
    best.taken++;
    if (best.taken >= mostTaken) {
      best.items.splice(0, best.taken);
      best.taken = 0;
    }
    const { hosts } = best;
    this.#count(hosts, 1);
    return { item, end: () => this.#count(hosts, -1) };
  }

  #goesBefore(a: Queue<Item>, b: Queue<Item>): boolean {
    const difference = this.#load(a) - this.#load(b);
    return difference < 0 || (difference === 0 && a.begun < b.begun);
  }

  /** An image for several hosts waits for the busiest of them. */
  #load({ hosts }: Queue<Item>): number {
    return Math.max(0, ...hosts.map((host) => this.#underWay.get(host) ?? 0));
  }

  #count(hosts: readonly string[], change: 1 | -1): void {
    for (const host of hosts) this.#underWay.set(host, (this.#underWay.get(host) ?? 0) + change);
  }
}
