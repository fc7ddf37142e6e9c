import { copyError } from '../kernel/errors.ts';

/** What a library that can only be read answers to every change: `unsupported`. A dock over it must not be writable. */
export class ReadOnly {
  putManifest(): Promise<never> {
    return this.#refuse();
  }

  beginUpload(): Promise<never> {
    return this.#refuse();
  }

  mountBlob(): Promise<never> {
    return this.#refuse();
  }

  deleteTag(): Promise<never> {
    return this.#refuse();
  }

  deleteManifest(): Promise<never> {
    return this.#refuse();
  }

  deleteBlob(): Promise<never> {
    return this.#refuse();
  }

  #refuse(): Promise<never> {
    const message = 'these images can only be read';
    return Promise.reject(
      copyError('unsupported', { side: 'local', op: 'library.write', subject: 'library', message }),
    );
  }
}
