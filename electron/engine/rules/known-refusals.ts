/** A registry that is known to refuse a kind of content, so that a plan can say so before anything moves. */
interface KnownRefusal {
  readonly vendor: string;
  /** The thread where it was reported. */
  readonly seen: string;
  readonly host: RegExp;
  readonly refuses: 'attestations';
  readonly text: string;
}

const refusals: readonly KnownRefusal[] = [
  {
    vendor: 'Aliyun ACR',
    seen: 'koordinator-sh/koordinator PR #3194',
    host: /(?:^|\.)(?:registry(?:-vpc|-internal)?\.[a-z0-9-]+|cr)\.aliyuncs\.com$/,
    refuses: 'attestations',
    text: 'Aliyun ACR is known to refuse build attestations; if it does, copy with --attestations drop',
  },
  {
    vendor: 'GitLab',
    seen: 'docker/buildx PR #3991',
    host: /(?:^|\.)registry\.gitlab\.com$|^registry\.gitlab\./,
    refuses: 'attestations',
    text: 'GitLab is known to refuse build attestations; if it does, copy with --attestations drop',
  },
];

/** What the registry behind `host` (with or without a port) may refuse of an image; a sentence each. */
export function foreseenRefusals(host: string, image: { readonly hasAttestations: boolean }): readonly string[] {
  const name = host.replace(/:\d+$/, '');
  return refusals.filter((refusal) => image.hasAttestations && refusal.host.test(name)).map((refusal) => refusal.text);
}
