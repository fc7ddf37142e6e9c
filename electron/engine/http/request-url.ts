/** Paths that a URL would leave as they are; all others are for it to write. */
const plain = /^(?!.*\/\.)[\w~!$&()*+,;=:@%./?-]*$/;

/** Where a request goes. Most are never asked for their parts, and taking a URL apart costs as much as sending a small request. */
export class RequestUrl {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  #url: URL | undefined;

  private constructor(origin: string, path: string, url?: URL) {
    this.origin = origin;
    this.path = path;
    this.#url = url;
  }

  /** A path with its query at an origin. */
  static at(origin: string, path: string): RequestUrl {
    return plain.test(path) ? new RequestUrl(origin, path) : RequestUrl.of(new URL(origin + path));
  }

  /** A place that was named in full. */
  static of(url: URL): RequestUrl {
    return new RequestUrl(url.origin, `${url.pathname}${url.search}`, url);
  }

  /** The whole of it; must not be changed. */
  get url(): URL {
    this.#url ??= new URL(this.origin + this.path);
    return this.#url;
  }
}
