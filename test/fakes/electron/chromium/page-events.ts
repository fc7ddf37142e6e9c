/** A request that waits for us. */
export interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly redirectedRequestId?: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

interface Frame {
  readonly id: string;
  readonly parentId?: string;
  readonly loaderId: string;
  readonly url: string;
  readonly urlFragment?: string;
  readonly unreachableUrl?: string;
}

/** The events of the DevTools protocol that the stand-in hears. */
export interface PageEvents {
  readonly 'Fetch.requestPaused': PausedRequest;
  readonly 'Target.targetDestroyed': { readonly targetId: string };
  readonly 'Page.frameAttached': { readonly frameId: string; readonly parentFrameId: string };
  readonly 'Page.frameNavigated': { readonly frame: Frame };
  readonly 'Page.navigatedWithinDocument': { readonly frameId: string; readonly url: string };
  readonly 'Page.loadEventFired': object;
  readonly 'Page.windowOpen': { readonly url: string };
  readonly 'Runtime.executionContextCreated': {
    readonly context: { readonly id: number; readonly name: string; readonly auxData?: { readonly frameId?: string } };
  };
  readonly 'Runtime.executionContextDestroyed': { readonly executionContextId: number };
  readonly 'Runtime.executionContextsCleared': object;
  readonly 'Runtime.bindingCalled': {
    readonly name: string;
    readonly payload: string;
    readonly executionContextId: number;
  };
  readonly 'Inspector.targetCrashed': object;
}
