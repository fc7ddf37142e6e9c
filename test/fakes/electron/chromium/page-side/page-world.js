// oxlint-disable no-unused-vars -- read as text and called in pages
// The page's own world, before any script of the page.
function pageWorld(token, makeBridge) {
  if (window !== top) return;
  const hub = document.createElement('i');
  const { put, call } = makeBridge('Page', 'Preload', hub);
  const freeze = (value) => {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  };
  put((name, value) => {
    if (Object.hasOwn(window, name)) throw new Error('the window has a property of that name');
    freeze(value);
    Object.defineProperty(window, name, { value, enumerable: true, writable: false, configurable: false });
  });
  const handOver = (event) => {
    event.stopImmediatePropagation();
    dispatchEvent(new FocusEvent(token + '!', { relatedTarget: hub }));
  };
  addEventListener(token, handOver, { once: true, capture: true });
  // Addresses that a browser never asks for by a request (about:, mailto:, app: …) are held here and main is asked.
  navigation.addEventListener('navigate', (event) => {
    if (!event.cancelable || /^(?:https?|javascript|blob|data|file):/.test(event.destination.url)) return;
    event.preventDefault();
    call(0, ['navigate', event.destination.url]);
  });
  window.close = () => void call(0, ['close', '']);
}
