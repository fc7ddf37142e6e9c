import type { AccessQuirks, ListingQuirks, ReferrerQuirks } from './quirks-access.ts';
import type { BlobQuirks, ManifestQuirks } from './quirks-download.ts';
import type { LocationQuirks, UploadQuirks } from './quirks-upload.ts';

/**
 * The switches of the quirk registry; with none it is a correct distribution-spec v1.1 registry.
 * What a token server can do wrong is in `TokenServerOptions`, what a certificate can in `CertificateSet`.
 */
export interface Quirks
  extends LocationQuirks,
    UploadQuirks,
    BlobQuirks,
    ManifestQuirks,
    AccessQuirks,
    ListingQuirks,
    ReferrerQuirks {}

export type { RetryAfterForm, Refusals } from './quirks-access.ts';
