/** How a vendor departs from the spec in ways that a client must know beforehand; what can be learned from answers is learned. */
export interface VendorQuirks {
  readonly vendor: string;
  /** The thread where it was reported. */
  readonly seen: string;
  /** Chunks smaller than this are refused. */
  readonly minChunkBytes?: number;
  /** False when only a single PUT is understood. */
  readonly canChunk?: boolean;
}

const mebibyte = 1024 * 1024;

const quirks: readonly (VendorQuirks & { readonly host: RegExp })[] = [
  {
    vendor: 'Amazon ECR',
    seen: 'dotnet/sdk-container-builds#279',
    host: /(?:^|\.)dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$|^public\.ecr\.aws$/,
    minChunkBytes: 5 * mebibyte,
  },
  {
    vendor: 'Google Artifact Registry',
    seen: 'dotnet/sdk-container-builds PR #287, #642',
    host: /(?:^|[.-])docker\.pkg\.dev$|(?:^|\.)gcr\.io$/,
    canChunk: false,
  },
];

/** What is known of the vendor behind a host name (without its port); undefined for all others. */
export function quirksOf(host: string): VendorQuirks | undefined {
  const name = host.replace(/:\d+$/, '');
  return quirks.find((entry) => entry.host.test(name));
}
