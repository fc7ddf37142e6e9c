import type { Credential, CredentialSource } from '../ports/credentials.ts';

const hidden = '[redacted]';
/** Shorter texts are found in innocent words; what is sent of them, `user:password` in base64, is hidden all the same. */
const shortestPlain = 4;

/** The secrets that this process works with, to be taken out of any text by exact match (SECURITY S-LOG-1). */
export class LiveSecrets {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** From now on hides `credential` in all its forms, and that of `user:password` as it is sent. */
  addCredential(credential: Credential): void {
    if (credential.kind === 'basic') {
      this.add(credential.password);
      this.#addEncoded(`${credential.user}:${credential.password}`);
      return;
    }
    this.add(credential.token);
    if (credential.kind === 'identity') this.#addEncoded(`${credential.user ?? '<token>'}:${credential.token}`);
  }

  /** From now on hides any other secret: a passphrase, a proxy's password, the token of a window. */
  add(secret: string): void {
    if (secret.length < shortestPlain) return;
    // As it stands, and as it stands in a URL, a form and a JSON text.
    this.#addForm(secret);
    this.#addForm(encodeURIComponent(secret));
    this.#addForm(new URLSearchParams({ x: secret }).toString().slice(2));
    this.#addForm(JSON.stringify(secret).slice(1, -1));
    this.#addEncoded(secret);
  }

  /** The text without any live secret. */
  redact(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= patternOf(this.#forms);
    return text.replace(this.#pattern, hidden);
  }

  /** Forgets every secret, as locking a vault asks for. */
  clear(): void {
    this.#forms.clear();
    this.#pattern = undefined;
  }

  #addEncoded(text: string): void {
    const encoded = Buffer.from(text, 'utf8').toString('base64');
    for (const form of [encoded, encoded.replace(/=+$/, ''), Buffer.from(text, 'utf8').toString('base64url')]) {
      this.#addForm(form);
      this.#addForm(encodeURIComponent(form));
    }
  }

  #addForm(form: string): void {
    if (form.length < shortestPlain || this.#forms.has(form)) return;
    this.#forms.add(form);
    this.#pattern = undefined;
  }
}

/** The same source; every credential that it gives is live from then on. */
export function watchedCredentials(source: CredentialSource, secrets: LiveSecrets): CredentialSource {
  return {
    credentialFor: async (host, repositoryPath, signal) => {
      const credential = await source.credentialFor(host, repositoryPath, signal);
      if (credential !== undefined) secrets.addCredential(credential);
      return credential;
    },
  };
}

/** The longest first, so that no end of a secret is left behind a shorter one that begins it. */
function patternOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
