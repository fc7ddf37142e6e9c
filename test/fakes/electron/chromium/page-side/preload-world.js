// oxlint-disable no-unused-vars -- read as text and called in pages
// The world of a sandboxed preload: what it may require, and the line to main, which carries JSON.
function preloadWorld(token, makeBridge, preload) {
  const post = globalThis[token];
  delete globalThis[token];
  if (window !== top) return;
  let hub;
  const take = (event) => {
    event.stopImmediatePropagation();
    hub = event.relatedTarget;
  };
  addEventListener(token + '!', take, { once: true, capture: true });
  dispatchEvent(new Event(token));
  const { put, call } = makeBridge('Preload', 'Page', hub);
  put((kind, value) => post(JSON.stringify([kind, value])));

  const listeners = new Map();
  const waiting = new Map();
  let count = 0;
  const ipcRenderer = {
    on: (channel, listener) => void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    invoke: async (channel, ...given) => {
      const id = ++count;
      // what cannot be copied is refused here already
      const text = JSON.stringify(['invoke', id, channel, structuredClone(given)]);
      const { error, result } = await new Promise((resolve) => {
        waiting.set(id, resolve);
        post(text);
      });
      if (error !== undefined) throw new Error(`Error invoking remote method '${channel}': ${error}`);
      return result;
    },
  };
  const receive = (text) => {
    const [kind, name, value] = JSON.parse(text);
    if (kind === 'reply') {
      waiting.get(name)?.(value);
      waiting.delete(name);
    } else for (const listener of listeners.get(name) ?? []) listener({ sender: ipcRenderer }, value);
  };
  Object.defineProperty(globalThis, token + '>', { value: receive });
  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (name, value) => void call(0, [name, value]) },
    webUtils: { getPathForFile: () => '' },
  };
  const require = (name) => {
    if (name !== 'electron' && name !== 'electron/renderer') throw new Error(`module not found: ${name}`);
    return electron;
  };
  try {
    preload(require, { exports: {} }, {});
  } catch (thrown) {
    post(JSON.stringify(['preload-failed', String(thrown)]));
  }
}
