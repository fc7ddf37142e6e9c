/** What became of one test of the official suite. */
export interface SpecResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What it says about a failure, or why it was skipped. */
  readonly message: string;
}

const testcase = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/** Reads the tests out of a JUnit file as Ginkgo writes it; its own set-up and report steps are left out unless they failed. */
export function parseJunit(xml: string): readonly SpecResult[] {
  const results: SpecResult[] = [];
  for (const [, attributes = '', content = ''] of xml.matchAll(testcase)) {
    const name = attributeOf(attributes, 'name');
    const outcome = outcomeOf(attributeOf(attributes, 'status'), content);
    const isStep = /^\[(?:Before|After|Synchronized|Report)/.test(name);
    if (isStep && outcome !== 'failed') continue;
    const said = /<(?:failure|error|skipped)\b([^>]*?)(?:\/>|>)/.exec(content)?.[1] ?? '';
    results.push({ name, outcome, message: attributeOf(said, 'message') });
  }
  return results;
}

function outcomeOf(status: string, content: string): SpecResult['outcome'] {
  if (/<(?:failure|error)\b/.test(content)) return 'failed';
  if (/<skipped\b/.test(content) || status === 'skipped' || status === 'pending') return 'skipped';
  return status === '' || status === 'passed' ? 'passed' : 'failed';
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function attributeOf(attributes: string, name: string): string {
  const text = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, entity?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return entities[entity ?? ''] ?? whole;
    },
  );
}
